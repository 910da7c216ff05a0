"""The shopper page as bytes: what it says, in which language, how safely and how small."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace

import brotli
import pytest

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.media import Media
from shelftalk.catalog.page import Block, PageContent, make_content
from shelftalk.scans.shelf import RenderedPage
from shelftalk.web.i18n import Translator
from shelftalk.web.shopper import NOTICES, PageRenderer, list_pictures, make_renderer, render_markdown
from tests.tea_page import ROOT, make_product, read_page

ORIGIN = "https://tea.example"
PHOTO = Media("fedcba9876543210", "tin.png", 900, 1000)
GARDEN = Media("0123456789abcdef", "garden.jpg", 1600, 1000)
MEDIA = {PHOTO.id: PHOTO, GARDEN.id: GARDEN}
PAGE = read_page(GARDEN.id)
TEA = make_product(photo=PHOTO.id)
FIRST_FLIGHT = 14_000  # bytes a phone gets before its first acknowledgement


@pytest.fixture(scope="module")
def renderer() -> PageRenderer:
    return make_renderer(ROOT, Translator(), ORIGIN)


def text_of(page: RenderedPage) -> str:
    return page.html.decode()


def block_of(kind: str) -> Block:
    return next(block for block in PAGE.blocks if block.type == kind)


def with_text(page: PageContent, tag: str, kind: str, **values: object) -> PageContent:
    """The page with some fields of one block changed in one language."""
    block = block_of(kind).id
    texts = {**page.texts[tag], block: {**page.texts[tag].get(block, {}), **values}}
    return replace(page, texts={**page.texts, tag: texts})  # type: ignore[dict-item]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_its_tag_direction_and_texts(renderer: PageRenderer, tag: str) -> None:
    html = text_of(renderer.render_page(TEA, PAGE, tag, MEDIA))
    assert f'<html lang="{tag}" dir="{LANGUAGES[tag].direction}" data-slug="high-mountain-oolong">' in html
    assert f"<h1>{PAGE.get_title(tag)}</h1>" in html
    for other in LANGUAGES.values():
        assert f'<a href="?lang={other.tag}" hreflang="{other.tag}" lang="{other.tag}" dir="{other.direction}"' in html
        assert f'hreflang="{other.tag}" href="{ORIGIN}/p/high-mountain-oolong?lang={other.tag}"' in html


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_page_with_every_block_fits_the_first_flight(renderer: PageRenderer, tag: str) -> None:
    html = renderer.render_page(TEA, PAGE, tag, MEDIA).html
    assert len(brotli.compress(html, quality=5)) <= FIRST_FLIGHT
    assert len(gzip.compress(html)) <= FIRST_FLIGHT


def test_a_page_with_twenty_long_questions_still_fits_the_first_flight(renderer: PageRenderer) -> None:
    rows = PAGE.texts["ru"][block_of("faq").id]["rows"]
    body = str(PAGE.texts["ru"][block_of("text").id]["body"])
    many = [{"question": f"{i}. {row['question']}", "answer": row["answer"]} for i in range(5) for row in rows]  # type: ignore[index]
    page = with_text(with_text(PAGE, "ru", "faq", rows=many), "ru", "text", body=body * 4)
    assert len(gzip.compress(renderer.render_page(TEA, page, "ru", MEDIA).html)) <= FIRST_FLIGHT


@pytest.mark.parametrize("colour", ["#1f6f54", "#ffd400", "#000000"])
def test_the_policy_allows_this_style_and_no_other(renderer: PageRenderer, colour: str) -> None:
    page = renderer.render_page(make_product(colour=colour), PAGE, "en", MEDIA)
    style = re.search(r"<style>(.*?)</style>", text_of(page), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.csp
    assert f"--brand:{colour}" in style[1]
    assert "unsafe" not in page.csp
    assert "default-src 'none'" in page.csp
    assert not re.search(r"\sstyle=", text_of(page))


def test_every_address_comes_from_the_configured_origin_or_stays_on_it(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(TEA, PAGE, "en", MEDIA))
    loaded = re.findall(r'(?:src|srcset)="([^"]+)"', html)
    assert loaded
    assert all(part.strip().startswith(("/m/", "/static/")) for value in loaded for part in value.split(","))
    assert f'<meta property="og:image" content="{ORIGIN}/m/{PHOTO.id}-720.jpg">' in html


def test_pictures_come_in_three_formats_with_their_size(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(TEA, PAGE, "en", MEDIA))
    hero, garden = re.findall(r"<picture>.*?</picture>", html, re.DOTALL)
    assert 'fetchpriority="high"' in hero
    assert "lazy" not in hero
    assert f"/m/{PHOTO.id}-240.avif 240w, /m/{PHOTO.id}-480.avif 480w" in hero
    assert f"/m/{PHOTO.id}-900.webp 900w" in hero, "never enlarged: the largest is the picture's own width"
    assert 'width="900" height="1000"' in hero
    assert 'loading="lazy"' in garden
    assert 'alt="A tea garden in the morning mist"' in garden


def test_the_headline_picture_wins_over_the_photo(renderer: PageRenderer) -> None:
    blocks = tuple(replace(b, shared={"image": GARDEN.id}) if b.type == "hero" else b for b in PAGE.blocks)
    html = text_of(renderer.render_page(TEA, replace(PAGE, blocks=blocks), "en", MEDIA))
    assert PHOTO.id not in html
    assert list_pictures(TEA, replace(PAGE, blocks=blocks)) == {PHOTO.id, GARDEN.id}


def test_without_a_picture_a_pack_is_drawn_with_the_initial(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(make_product(), PAGE, "fa", {}))
    assert re.search(r"<text[^>]*>چ</text>", html)
    assert "<picture>" not in html, "nor is a picture block shown whose picture is gone"


def test_a_block_without_text_in_a_language_is_left_out_of_it(renderer: PageRenderer) -> None:
    block = block_of("facts").id
    page = replace(PAGE, texts={**PAGE.texts, "ru": {k: v for k, v in PAGE.texts["ru"].items() if k != block}})
    assert f'id="{block}"' not in text_of(renderer.render_page(TEA, page, "ru", MEDIA))
    assert f'id="{block}"' in text_of(renderer.render_page(TEA, page, "en", MEDIA))


def test_a_hidden_block_is_not_shown(renderer: PageRenderer) -> None:
    blocks = tuple(replace(block, hidden=block.type == "steps") for block in PAGE.blocks)
    html = text_of(renderer.render_page(TEA, replace(PAGE, blocks=blocks), "en", MEDIA))
    assert "Brew it in three steps" not in html


def test_chips_lead_to_what_people_ask(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(TEA, PAGE, "en", MEDIA))
    nav = re.search(r'<nav class="jump".*?</nav>', html, re.DOTALL)
    assert nav
    assert re.findall(r'href="#(\w+)"', nav[0]) == [block_of(kind).id for kind in ("steps", "facts", "faq")]


def test_a_page_without_a_buy_link_has_no_button(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(TEA, with_text(PAGE, "en", "buy", url=""), "en", MEDIA))
    assert 'class="btn" href' not in html


def test_what_a_marketer_writes_is_never_markup(renderer: PageRenderer) -> None:
    evil = '</script><img src=x onerror=alert(1)>"'
    page = with_text(with_text(PAGE, "en", "hero", title=evil, claim=evil), "en", "text", body=evil, heading=evil)
    page = with_text(page, "en", "faq", rows=[{"question": evil, "answer": evil}])
    html = text_of(renderer.render_page(make_product(brand=evil), page, "en", {}))
    assert "<img" not in html
    assert html.count("</script>") == 3, "two scripts and the data block end once each"
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert data
    assert json.loads(data[1])["name"] == evil


def test_search_engines_are_told_the_product(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(TEA, PAGE, "fa", MEDIA))
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert data
    assert json.loads(data[1]) == {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "چای اولانگ کوهستان",
        "url": f"{ORIGIN}/p/high-mountain-oolong",
        "brand": {"@type": "Brand", "name": "Hillside Tea"},
        "gtin": "04006381333931",
        "description": PAGE.texts["fa"][block_of("hero").id]["claim"],
        "image": f"{ORIGIN}/m/{PHOTO.id}-720.jpg",
    }


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**bold** *it*", "<p><strong>bold</strong> <em>it</em></p>"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](/admin/)", '<a rel="noopener nofollow">x</a>'),
        ("[x](https://a.example)", '<a href="https://a.example" rel="noopener nofollow">x</a>'),
        ("![x](https://a.example/pixel.gif)", "<p></p>"),
        ("# One\n\n## Two", "<h3>One</h3>\n<h4>Two</h4>"),
        ("### One\n\n###### Two", "<h3>One</h3>\n<h4>Two</h4>"),
        ("3. a\n4. b", '<ol start="3">'),
    ],
)
def test_markdown_is_tamed(markdown: str, html: str) -> None:
    assert html in render_markdown(markdown)


def test_a_preview_borrows_the_headline_and_says_its_language(renderer: PageRenderer) -> None:
    page = with_text(PAGE, "fa", "hero", title="")
    html = text_of(renderer.render_page(TEA, page, "fa", MEDIA, preview=True))
    assert '<h1 lang="en" dir="ltr">High Mountain Oolong</h1>' in html
    assert "data-slug" not in html
    assert "shopper.js" not in html
    assert 'content="noindex"' in html


def test_a_page_just_begun_can_be_previewed(renderer: PageRenderer) -> None:
    html = text_of(renderer.render_page(make_product(), make_content(), "ru", {}, preview=True))
    assert "<h1>High Mountain Oolong</h1>" in html


def test_pages_are_made_for_the_languages_that_have_a_headline(renderer: PageRenderer) -> None:
    page = with_text(PAGE, "ru", "hero", title="")
    made = renderer.render_pages(TEA, page, MEDIA)
    assert [(one.key, one.language) for one in made] == [
        ("product:7", tag) for tag in ("en", "zh-Hant", "zh-Hans", "fa")
    ]
    assert "?lang=ru" not in text_of(made[0])


def test_every_notice_is_there_in_every_language(renderer: PageRenderer) -> None:
    made = {(page.key, page.language): page for page in renderer.render_notices()}
    assert set(made) == {(f"notice:{kind}", tag) for kind in NOTICES for tag in LANGUAGES}
    for (_key, tag), page in made.items():
        assert f'<html lang="{tag}" dir="{LANGUAGES[tag].direction}">' in text_of(page)
        assert len(gzip.compress(page.html)) <= FIRST_FLIGHT
        assert "<script" not in text_of(page)


def test_a_retired_label_leads_to_the_product_while_it_is_live(renderer: PageRenderer) -> None:
    page = renderer.render_notice("retired", "fa", TEA, PAGE)
    assert page.key == "notice:retired:7"
    assert 'href="/p/high-mountain-oolong?lang=fa"' in text_of(page)
    assert "چای اولانگ کوهستان" in text_of(page)


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
@pytest.mark.parametrize("kind", NOTICES)
def test_notices_speak_the_readers_language(renderer: PageRenderer, kind: str, tag: str) -> None:
    english, other = (text_of(renderer.render_notice(kind, one)) for one in ("en", tag))
    said = re.findall(r"<(?:h1|h2|p|li)(?: class=\"\w+\")?>([^<]{3,})<", english)
    assert said
    assert [text for text in said if f">{text}<" in other] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_privacy_notice_is_one_tap_away(renderer: PageRenderer, tag: str) -> None:
    assert f'<a href="/privacy?lang={tag}">' in text_of(renderer.render_page(TEA, PAGE, tag, MEDIA))


def test_whoever_writes_sees_in_their_language_what_a_block_still_needs_and_shoppers_see_nothing(
    renderer: PageRenderer,
) -> None:
    new = Block("n1", "steps", False, {}), Block("n2", "video", False, {}), Block("n3", "image", True, {})
    page = replace(with_text(PAGE, "fa", "text", body=""), blocks=(*PAGE.blocks, *new))
    html = text_of(renderer.render_page(TEA, page, "fa", MEDIA, preview=True, writer="en"))
    place = html.partition('<section id="n1" class="b-empty">')[2].partition("</section>")[0]
    assert '<div class="lack" lang="en" dir="ltr">' in place
    assert "Not shown yet. It needs: Heading, Steps." in place
    assert '<section id="n2" class="b-empty">' in html
    assert "n3" not in html, "what is hidden is meant to be"
    for shown in (
        renderer.render_page(TEA, page, "fa", MEDIA),
        renderer.render_page(TEA, page, "fa", MEDIA, preview=True),
    ):
        assert "b-empty" not in text_of(shown)
        assert ".lack" not in text_of(shown)
