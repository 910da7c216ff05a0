"""Content blocks on a shopper page: what each shows, in which language, and what it leaves out."""

from __future__ import annotations

import gzip
import html
import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from shelftalk import clock
from shelftalk.catalog.blocks import BLOCKS, get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, PageContent, Texts, format_content, list_gaps, parse_content
from shelftalk.sample.brand import load_brand
from shelftalk.store import Store, pages
from shelftalk.web.block_words import emphasise, make_dial, split_lots, split_words, write_amount, write_day, write_span
from shelftalk.web.i18n import Translator
from shelftalk.web.page_draft import make_draft, read_draft
from shelftalk.web.page_form import check_draft
from shelftalk.web.shopper import PageRenderer, make_renderer
from shelftalk.web.state import get_state
from tests.blocks_page import KINDS, make_full_page, make_page
from tests.store.test_store_contract import AT, add_placement, add_product
from tests.tea_page import ROOT, make_product

FIRST_FLIGHT = 14_000
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture(scope="module")
def renderer() -> PageRenderer:
    return make_renderer(ROOT, Translator(), "https://tea.example")


def render(renderer: PageRenderer, page: PageContent, tag: str = "en") -> str:
    return renderer.render_page(make_product(), page, tag, {}).html.decode()


def section(text: str) -> str:
    """The block under test as it stands on the page."""
    found = re.search(r'<section id="it".*?</section>', text, re.DOTALL)
    assert found
    return found[0]


def read(text: str) -> str:
    """What is read of some HTML, blanks made one; no-break spaces stay."""
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


ROW = {"name": "Energy", "amount": "1330.5", "unit": "kJ", "reference": "16"}
NUTRITION = {"heading": "Nutrition", "rows": [ROW, {"name": "Salt", "amount": "0.0004", "unit": "g"}]}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_samples_pages_show_every_block_in_every_language_and_stay_light(renderer: PageRenderer, tag: str) -> None:
    for product in load_brand().products:
        page = renderer.render_page(make_product(slug=product.slug), product.content, tag, {}).html
        for block in product.content.blocks:
            if block.type not in ("hero", "buy", "image"):
                assert f'<section id="{block.id}" class="b-{block.type}">' in page.decode(), (product.slug, block.id)
        assert len(gzip.compress(page)) <= FIRST_FLIGHT


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_page_with_every_content_block_fits_the_first_flight(renderer: PageRenderer, tag: str) -> None:
    assert len(gzip.compress(render(renderer, make_full_page(), tag).encode())) <= FIRST_FLIGHT


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_survives_the_editor_and_the_store_unchanged(kind: str) -> None:
    page = make_full_page((kind,))
    assert parse_content(format_content(page)) == page
    form: dict[str, str] = {}
    for block in page.blocks:
        form |= {f"b.{block.id}.type": block.type, f"b.{block.id}.hidden": ""}
        form |= {f"b.{block.id}.shared.{name}": value for name, value in block.shared.items()}
    for tag, texts in page.texts.items():
        for block_id, values in texts.items():
            for name, value in values.items():
                lines = enumerate(value) if isinstance(value, list) else ()
                form |= {f"b.{block_id}.{tag}.{name}.{n}.{sub}": v for n, row in lines for sub, v in row.items()}
                form |= {} if isinstance(value, list) else {f"b.{block_id}.{tag}.{name}": value}
    draft = read_draft(form, [block.id for block in page.blocks])
    assert check_draft(draft) == page
    assert not draft.errors
    assert make_draft(page).raw == format_content(page)


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_with_nothing_but_a_heading_leaves_no_empty_shell(renderer: PageRenderer, kind: str) -> None:
    page = make_page(kind, {"heading": "Nothing here"}, {"from": "", "kind": "", "basis": "serving", "servings": "2"})
    text = render(renderer, page)
    assert 'id="it"' not in text
    assert "Nothing here" not in text
    assert {gap.block_id for gap in list_gaps(page)} == {"it"}, "and the editor says what is missing"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", ["en", "fa"])
def test_hostile_text_in_every_field_is_shown_and_not_run(renderer: PageRenderer, kind: str, tag: str) -> None:
    text = render(renderer, make_full_page((kind,), HOSTILE), tag)
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "49" not in re.sub(r"&#\d+;", "", re.sub(r"<style>.*?</style>|\sd=\"[^\"]*\"", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_needed_is_enough(renderer: PageRenderer, kind: str) -> None:
    block_type = get_block_type(kind)
    texts: dict[str, object] = {}
    for field in block_type.fields:
        if field.required or field.name in block_type.either[:1]:
            row = {sub.name: "12" for sub in field.fields if sub.required}
            texts[field.name] = [row] if field.kind == "rows" else "Words"
    text = section(render(renderer, make_page(kind, texts)))
    assert "None" not in text
    for tag in ("ul", "dl", "ol", "p", "address", "small"):
        assert not re.search(rf"<{tag}[^>]*>\s*</{tag}>", text.replace('role="status"></p>', "")), tag


def test_every_kind_is_in_a_group_the_editor_offers() -> None:
    groups = {name: kind.group for name, kind in BLOCKS.items()}
    assert set(groups.values()) <= {"say", "show", "do", "ask", "care"}
    assert {groups[kind] for kind in ("buy", "shops", "social", "share", "links")} == {"do"}
    assert {groups[kind] for kind in ("steps", "recipe", "care", "recall", "contact")} == {"care"}
    assert {name for name in ("hero", "buy", "share") if BLOCKS[name].once} == {"hero", "buy", "share"}


@pytest.mark.parametrize(
    ("tag", "amount", "share"),
    [
        ("en", "1,330.5\u00a0kJ", "16%"),
        ("ru", "1\u00a0330,5\u00a0кДж", "16\u00a0%"),
        ("fa", "۱٬۳۳۰٫۵\u00a0کیلوژول", "۱۶٪"),
        ("zh-Hant", "1,330.5\u00a0千焦", "16%"),
        ("zh-Hans", "1,330.5\u00a0千焦", "16%"),
    ],
)
def test_amounts_are_written_the_readers_way(renderer: PageRenderer, tag: str, amount: str, share: str) -> None:
    text = read(section(render(renderer, make_page("nutrition", NUTRITION), tag)))
    assert f"Energy {amount} {share}" in text


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("unit", ["g", "mg", "ug", "kJ", "kcal", "ml", "percent"])
def test_every_unit_has_a_name_in_every_language(tag: str, unit: str) -> None:
    text = write_amount("12", unit, tag)
    assert "-" not in text, "not the name CLDR gives it among programs"
    assert text.startswith("۱۲" if tag == "fa" else "12")
    assert " " not in text, "never broken from its number"


def test_units_are_those_on_the_packs_of_the_place() -> None:
    assert [write_amount("5", unit, "ru") for unit in ("g", "kcal")] == ["5\u00a0г", "5\u00a0ккал"]
    assert [write_amount("5", unit, "zh-Hant") for unit in ("g", "kcal")] == ["5\u00a0公克", "5\u00a0大卡"]
    assert [write_amount("5", unit, "zh-Hans") for unit in ("g", "kcal")] == ["5\u00a0克", "5\u00a0千卡"]


def test_nutrition_is_a_table_with_headings_and_no_column_without_use(renderer: PageRenderer) -> None:
    text = section(render(renderer, make_page("nutrition", NUTRITION, {"basis": "100ml"})))
    assert '<th scope="col">per 100\xa0ml</th>' in text
    assert text.count('scope="row"') == 2
    assert "0.0004\u00a0g" in text, "small amounts are not rounded to nothing"
    assert text.count("<td>") == 1 + 2 * 2
    plain = {**NUTRITION, "rows": [{**ROW, "reference": ""}]}
    assert "daily intake" not in section(render(renderer, make_page("nutrition", plain)))


def test_a_row_with_only_its_unit_chosen_is_no_row() -> None:
    page = make_page("nutrition", {"heading": "Nutrition", "rows": [ROW, {"name": "", "amount": "", "unit": "mg"}]})
    assert len(page.texts["en"]["it"]["rows"]) == 1


@pytest.mark.parametrize(
    ("text", "words", "strong"),
    [
        ("Wheat flour, butter (milk), nutmeg", "wheat flour, milk, nut", ["Wheat flour", "milk"]),
        ("小麦粉、牛奶、大豆卵磷脂", "小麦、牛奶，大豆", ["小麦", "牛奶", "大豆"]),
        ("Мука пшеничная, молоко сухое", "молоко; мука пшеничная", ["Мука пшеничная", "молоко"]),
        ("آرد گندم، شير خشک، شیرین‌کننده", "گندم، شیر", ["گندم", "شير"]),
        ("C++ powder (soya), a.b", "soya, a.b, C++", ["C++", "soya", "a.b"]),
        ("milk", "", []),
    ],
)
def test_allergens_stand_out_as_whole_words_in_any_script(text: str, words: str, strong: list[str]) -> None:
    marked = str(emphasise(text, words))
    assert re.findall("<strong>(.*?)</strong>", marked) == strong
    assert re.sub("</?strong>", "", marked) == text


def test_text_around_allergens_is_escaped() -> None:
    assert emphasise("<b>milk</b> & egg", "milk") == "&lt;b&gt;<strong>milk</strong>&lt;/b&gt; &amp; egg"


def test_what_is_and_may_be_in_it_is_listed(renderer: PageRenderer) -> None:
    texts = {"heading": "Ingredients", "list": "Milk", "contains": "milk", "traces": "peanuts;sesame"}
    text = read(section(render(renderer, make_page("ingredients", texts))))
    assert "Contains: milk" in text
    assert "May contain: peanuts, sesame" in text


def test_a_recipe_says_how_many_and_how_long(renderer: PageRenderer) -> None:
    texts = {"heading": "Iced tea", "rows": [{"text": "Wait."}], "needs": [{"name": "oolong", "amount": "8 g"}]}
    page = make_page("recipe", texts, {"servings": "4", "minutes": "25"})
    assert "4 servings 25\u00a0min oolong 8\xa0g" in read(section(render(renderer, page)))
    assert "۲۵\u00a0دقیقه" in render(renderer, page, "fa")
    assert write_span("90", "ru") == "1\u00a0ч 30\u00a0мин"
    assert "<ol" in section(render(renderer, make_page("recipe", {"heading": "h", "rows": [{"text": "Wait."}]})))


def test_parts_say_in_words_what_they_are_and_where_they_go(renderer: PageRenderer) -> None:
    rows = [
        {"part": "Bottle", "material": "1-PET", "bin": "return", "note": "rinse it"},
        {"part": "Leaves", "bin": "organic"},
        {"part": "Ribbon", "bin": ""},
    ]
    text = section(render(renderer, make_page("care", {"heading": "Recycling", "rows": rows})))
    assert 'role="img" aria-label="Mark: 1 PET"' in text
    assert "Bottle Take it back to the shop rinse it" in read(text)
    assert "Leaves Food and garden waste" in read(text)
    assert read(text).endswith("Ribbon")  # nobody said where it goes: no advice
    assert text.count('role="img"') == 1


RECALL = {"heading": "Glass in the jar", "text": "Stop eating it.", "advice": "Bring it back.", "where": "on the lid"}


def test_a_recall_stands_above_everything_with_its_lots(renderer: PageRenderer) -> None:
    page = make_page("recall", {**RECALL, "url": "https://tea.example/recall"}, {"lots": "L1 – L9\nL12"})
    text = render(renderer, page)
    assert text.index('<section id="it" class="b-recall" aria-labelledby="it-h">') < text.index("<h1")
    assert text.count('id="it"') == 1
    assert "Recall Glass in the jar Stop eating it. Bring it back. Only these lot numbers: L1–L9 L12" in read(text)
    assert "Where to find it: on the lid" in read(text)
    assert "aria-live" not in section(text)
    assert 'href="?go=it.' in section(text)


def test_without_lots_nothing_is_said_of_them(renderer: PageRenderer) -> None:
    assert "lot" not in read(section(render(renderer, make_page("recall", RECALL, {"kind": "information"})))).lower()


def test_a_recall_comes_up_and_goes_with_its_days(app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    days = {"from": "2026-11-20", "until": "2026-11-30"}
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        page = pages.get_page(db, product.id)
        pages.save_page(db, product.id, page.revision, make_page("recall", RECALL, days), by="", at=AT)
        pages.publish_page(db, product.id, by="", at=AT)
    seen = []
    for day in ("2026-11-19", "2026-11-20", "2026-11-30", "2026-12-01", "2026-11-25"):
        monkeypatch.setattr(clock, "today", lambda _zone="UTC", day=day: date.fromisoformat(day))
        get_state(app).refresh_shelf()
        seen.append("Glass in the jar" in app.test_client().get(f"/q/{code}").text)
    assert seen == [False, True, True, False, True], "also when a wrong clock is set back"


@pytest.mark.parametrize(
    ("tag", "day"),
    [
        ("en", "22 November 2026"),
        ("zh-Hant", "2026年11月22日"),
        ("zh-Hans", "2026年11月22日"),
        ("ru", "22 ноября 2026\u202fг."),
        ("fa", "۱ آذر ۱۴۰۵"),
    ],
)
def test_days_are_in_the_readers_calendar(renderer: PageRenderer, tag: str, day: str) -> None:
    rows = [{"kind": "event", "title": "Tasting", "day": "2026-11-22"}]
    text = section(render(renderer, make_page("press", {"heading": "Events", "rows": rows}), tag))
    assert f'<time datetime="2026-11-22"><bdi>{day}</bdi></time>' in text
    assert "<a " not in text, "an entry without an address is no link"
    assert write_day("2026-11-22", tag) == day


def test_phone_and_e_mail_can_be_tapped(renderer: PageRenderer) -> None:
    texts = {"heading": "Contact", "phone": "+۹۸ (۲۱) 1234-5678", "email": "tea@hillside.example"}
    text = section(render(renderer, make_page("contact", texts)))
    assert 'href="tel:+982112345678" data-act="call"' in text
    assert 'href="mailto:tea@hillside.example" data-act="mail"' in text


@pytest.mark.parametrize("phone", ["ask at the till", "javascript:alert(1)", "+", ""])
def test_what_cannot_be_dialled_is_no_link(renderer: PageRenderer, phone: str) -> None:
    text = section(render(renderer, make_page("contact", {"heading": "Contact", "phone": phone, "company": "Tea"})))
    assert "href" not in text
    assert make_dial(phone) == ""


@pytest.mark.parametrize("kind", ["shops", "social", "press"])
def test_links_out_go_through_the_server(renderer: PageRenderer, kind: str) -> None:
    row = {"name": "Tea house", "title": "Tea house", "url": "https://shop.example/tea?a=1&b=2"}
    made = renderer.render_page(make_product(), make_page(kind, {"heading": "h", "rows": [row]}), "en", {})
    [(name, target)] = made.links.items()
    assert target == row["url"]
    assert f'href="?go={name}&amp;lang=en"' in section(made.html.decode())
    assert "shop.example/tea" not in made.html.decode()


def test_a_profile_without_an_address_is_shown_to_look_up(renderer: PageRenderer) -> None:
    rows = [{"network": "wechat", "name": "hillside-tea", "url": ""}]
    text = section(render(renderer, make_page("social", {"heading": "Follow us", "rows": rows})))
    assert "WeChat hillside-tea" in read(text)
    assert "href" not in text


def test_sharing_is_there_without_script_and_marked_as_word_of_mouth(renderer: PageRenderer) -> None:
    text = render(renderer, make_page("share", {"text": "Know somebody?"}), "fa")
    address = "https://tea.example/p/high-mountain-oolong?lang=fa&via=share"
    assert f'<bdi dir="ltr">{address.replace("&", "&amp;")}</bdi>' in text
    assert "mailto:?subject=Tea&amp;body=https%3A//tea.example/p/high-mountain-oolong%3Flang%3Dfa%26via%3Dshare" in text
    assert text.count("data-share") == 1
    assert 'class="act' not in text, "the bar would hold nothing"


def test_the_bars_share_button_makes_way_for_the_block(renderer: PageRenderer) -> None:
    page = make_page("share", {"text": "Know somebody?"})
    buy = {"label": "Buy", "price": "", "url": "https://shop.example/"}
    texts: dict[str, Texts] = {tag: {**texts, "buy": {**buy}} for tag, texts in page.texts.items()}
    text = render(renderer, replace(page, blocks=(*page.blocks, Block("buy", "buy", False, {})), texts=texts))
    assert text.count("data-share") == 1
    assert 'class="act"' in text
    without = replace(page, blocks=page.blocks[:1])
    assert render(renderer, without).count("data-share") == 1


def test_words_and_lots_are_split_at_any_comma() -> None:
    assert split_words("milk, eggs;小麦、牛奶，گندم، شیر\nsoya,") == [
        "milk",
        "eggs",
        "小麦",
        "牛奶",
        "گندم",
        "شیر",
        "soya",
    ]
    assert split_lots("L1 - L9, A-12\nB1—B3") == ["L1–L9", "A-12", "B1–B3"]
