"""Starting from a template, keeping a page as one, copying a page to another product."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES as SITE_LANGUAGES
from shelftalk.catalog.page import PageContent
from shelftalk.catalog.page_starts import HEADINGS, LANGUAGES, STARTS, drop_headline, make_start, take_over
from shelftalk.store import Store, page_templates
from shelftalk.store import pages as page_store
from tests.tea_page import read_page
from tests.web.shop import add_tea

CHOICE = "/admin/products/1/page/templates"
COPY = "/admin/products/1/page/copy"
MANAGE = "/admin/page-templates/"


def get_page(store: Store, product_id: int = 1) -> PageContent:
    with store.read() as db:
        return page_store.get_page(db, product_id).content


def keep(client: FlaskClient, name: str = "Teas") -> str:
    return client.post(CHOICE, data={"name": name}, follow_redirects=True).text


@pytest.mark.parametrize("name", STARTS)
def test_a_ready_made_page_has_headings_in_every_language_of_the_site(name: str) -> None:
    assert set(SITE_LANGUAGES) <= set(LANGUAGES)
    content = make_start(STARTS[name])
    assert content.blocks[0].type == "hero"
    headed = [kind for kind, heading in STARTS[name].blocks if heading]
    for tag in LANGUAGES:
        written = [values["heading"] for values in content.texts[tag].values()]
        assert len(written) == len(headed)
        assert all(written)


def test_every_heading_is_written_five_times_and_used() -> None:
    used = {heading for start in STARTS.values() for _kind, heading in start.blocks if heading}
    assert used == set(HEADINGS)
    assert all(len(words) == len(LANGUAGES) and all(words) for words in HEADINGS.values())


def test_a_page_starts_from_a_template_and_keeps_its_headline(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    before = get_page(store)
    assert "Food" in marketer.get(CHOICE).text
    answer = marketer.post(f"{CHOICE}/food/use", data={"revision": "2"}, follow_redirects=True)
    assert "The page starts from the template" in answer.text
    after = get_page(store)
    assert after.get_title("fa") == before.get_title("fa")
    assert [block.type for block in after.blocks][:2] == ["hero", "ingredients"]
    assert after.texts["ru"][after.blocks[1].id]["heading"] == "Состав"
    with store.read() as db:
        assert [(item.why, item.content) for item in page_store.list_kept_drafts(db, 1)] == [("template", before)]


def test_a_template_does_not_replace_what_somebody_saved_meanwhile(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    before = get_page(store)
    answer = marketer.post(f"{CHOICE}/food/use", data={"revision": "1"}, follow_redirects=True)
    assert "saved the draft meanwhile" in answer.text
    assert get_page(store) == before


def test_how_a_template_would_look_is_shown_under_ones_own_headline(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    assert "High Mountain Oolong" in marketer.get(f"{CHOICE}/device/preview?lang=en").text
    assert marketer.get(f"{CHOICE}/nothing/preview").status_code == 404
    assert marketer.get(f"{CHOICE}/t77/preview").status_code == 404


def test_a_page_kept_as_a_template_leaves_name_and_photo_behind(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    assert "is a template now" in keep(marketer)
    with store.read() as db:
        (template,) = page_templates.list_templates(db)
    assert template.content.languages == ()
    assert template.by == "Mei"
    add_tea(store, "Jasmine")
    marketer.post(f"/admin/products/2/page/templates/t{template.id}/use", data={"revision": "2"})
    assert [block.type for block in get_page(store, 2).blocks] == [block.type for block in get_page(store).blocks]


@pytest.mark.parametrize(
    ("name", "told"), [("", "This is empty"), ("teas", "There is a template"), ("x" * 99, "At most 80")]
)
def test_a_wrong_name_is_told_beside_its_field(marketer: FlaskClient, store: Store, name: str, told: str) -> None:
    add_tea(store)
    keep(marketer)
    assert told in keep(marketer, name)
    with store.read() as db:
        assert len(page_templates.list_templates(db)) == 1


def test_templates_are_renamed_and_deleted(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    assert "No template of your own yet" in marketer.get(MANAGE).text
    keep(marketer)
    keep(marketer, "Gifts")
    with store.read() as db:
        gifts, teas = page_templates.list_templates(db)
    taken = marketer.post(f"{MANAGE}{teas.id}/rename", data={"name": "Gifts"})
    assert taken.status_code == 422
    assert "There is a template “Gifts” already" in taken.text
    marketer.post(f"{MANAGE}{teas.id}/rename", data={"name": "All teas"})
    marketer.post(f"{MANAGE}{gifts.id}/delete")
    with store.read() as db:
        assert [item.name for item in page_templates.list_templates(db)] == ["All teas"]


def test_a_page_is_copied_after_asking_and_the_other_keeps_its_headline(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    add_tea(store, "Jasmine")
    with store.write() as db:
        page_store.replace_draft(db, 1, read_page("0123456789abcdef"), why="copy", by="Mei", at=clock.now())
    assert "Jasmine" in marketer.get(f"{COPY}?q=jas").text
    assert "Replace the draft of “Jasmine”?" in marketer.get(f"{COPY}?to=2").text
    before = get_page(store, 2)
    answer = marketer.post(COPY, data={"to": "2", "revision": "2"}, follow_redirects=True)
    assert "The page is copied into the draft of “Jasmine”" in answer.text
    after, source = get_page(store, 2), get_page(store)
    assert after.get_title("en") == before.get_title("en")
    assert [block.type for block in after.blocks] == [block.type for block in source.blocks]
    assert not {block.id for block in after.blocks[1:]} & {block.id for block in source.blocks}
    with store.read() as db:
        assert page_store.list_kept_drafts(db, 2)[0].content == before


@pytest.mark.parametrize(
    ("target", "revision", "told"),
    [("1", "2", "cannot be copied onto itself"), ("2", "1", "saved the draft meanwhile")],
)
def test_a_copy_that_would_harm_is_refused(
    marketer: FlaskClient, store: Store, target: str, revision: str, told: str
) -> None:
    add_tea(store)
    add_tea(store, "Jasmine")
    before = get_page(store, 2)
    answer = marketer.post(COPY, data={"to": target, "revision": revision}, follow_redirects=True)
    assert told in answer.text
    assert get_page(store, 2) == before


def test_copying_to_nothing_is_not_found(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    assert marketer.post(COPY, data={"to": "x", "revision": "1"}).status_code == 404


def test_taking_over_keeps_own_words_and_fills_what_is_empty() -> None:
    other = read_page("0123456789abcdef")
    hero = other.blocks[0]
    own = PageContent((hero,), {"en": {hero.id: {"title": "Mine", "claim": "", "alt": ""}}})
    taken = take_over(other, own)
    words = taken.texts["en"][hero.id]
    assert words["title"] == "Mine"
    assert words["claim"] == other.texts["en"][hero.id]["claim"]
    assert words["alt"] == ""
    assert drop_headline(other).languages == ()
