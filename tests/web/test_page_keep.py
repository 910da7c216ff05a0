"""Saving by itself, who else is there, texts older than their source, rows taken over: without a script too."""

from __future__ import annotations

from flask.testing import FlaskClient

from shelftalk.catalog.page import PageContent
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from tests.web.test_page_editor import JSON, PAGE, find_block, get_content, load, press, tea

__all__ = ["tea"]


def retype(client: FlaskClient, name: str, value: str, action: str = "autosave", **changes: str) -> dict[str, object]:
    """Type a text and let the editor save it; gives the answer to its script."""
    form = load(client)
    data = form.copy()
    data.update({"action": action})
    data[name] = value
    for field, text in changes.items():
        data[field] = text
    answer: dict[str, object] = client.post(PAGE, data=data, headers=JSON).get_json()
    return answer


def test_saving_by_itself_checks_the_revision_and_publishes_nothing(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    assert retype(marketer, name, "By itself")["revision"] == 3
    answer = retype(marketer, name, "Too late", revision="1")
    assert "saved this page while you edited it" in str(answer["message"])
    assert get_content(store).get_title("en") == "By itself"
    with store.read() as db:
        assert page_store.get_published(db, 1) is None


def test_an_answer_lost_on_the_way_is_no_conflict_with_oneself(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    retype(marketer, name, "First", editor="one-window")
    assert retype(marketer, name, "Second", editor="one-window", revision="2")["message"] == ""
    assert get_content(store).get_title("en") == "Second"
    assert "saved this page" in str(retype(marketer, name, "Third", editor="another", revision="3")["message"])


def test_what_was_saved_over_is_put_aside(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    retype(marketer, name, "Mine", action="overwrite")
    with store.read() as db:
        (kept,) = page_store.list_kept_drafts(db, 1)
    assert kept.content.get_title("en") == tea.get_title("en")


def test_what_differs_between_the_form_and_what_is_stored_is_shown(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    answer = press(marketer, load(marketer), "compare", **{name: f"{tea.get_title('en')} of spring"})
    assert "<ins> of spring</ins>" in answer.text
    assert get_content(store) == tea


def test_a_text_is_older_once_its_source_changed_and_not_when_both_did(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    steps = find_block(tea, "steps")
    older = retype(marketer, f"b.{steps}.en.heading", "Brewing")["older"]
    assert set(older) == {f"{steps}.{tag}" for tag in ("zh-Hant", "zh-Hans", "ru", "fa")}  # type: ignore[call-overload]
    both = retype(marketer, f"b.{steps}.en.heading", "How to brew", **{f"b.{steps}.fa.heading": "دم کردن"})["older"]
    assert f"{steps}.fa" not in both  # type: ignore[operator]
    press(marketer, load(marketer), f"fits.{steps}.ru")
    with store.read() as db:
        assert set(page_store.get_page(db, 1).list_older()["ru"]) == set()


def test_another_source_can_be_chosen_and_stays(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    steps = find_block(tea, "steps")
    answer = retype(marketer, f"b.{steps}.zh-Hant.heading", "泡法", source="zh-Hant")
    assert f"{steps}.en" in answer["older"]  # type: ignore[operator]
    with store.read() as db:
        assert page_store.get_page(db, 1).source == "zh-Hant"
    assert press(marketer, load(marketer), "save", source="xx").status_code == 422


def test_rows_are_taken_over_without_a_script(marketer: FlaskClient, tea: PageContent) -> None:
    facts = find_block(tea, "facts")
    form = load(marketer)
    for name in [name for name in form if name.startswith(f"b.{facts}.fa.rows.")]:
        form.poplist(name)
    page = press(marketer, form, f"rows-take.{facts}.fa.rows.en").text
    rows = tea.texts["en"][facts]["rows"]
    assert page.count(f'name="b.{facts}.fa.rows.{len(rows) - 1}.') == 2


def test_markdown_that_will_not_look_as_written_is_told(marketer: FlaskClient, tea: PageContent) -> None:
    body = f"b.{find_block(tea, 'text')}.en.body"
    for text, told in (
        ("<b>Tea</b>", "HTML does nothing here"),
        ("![leaf](https://tea.example/leaf.png)", "A picture inside a text is left out"),
        ("[shop](javascript:alert(1))", "must start with https://"),
        ("[shop](https://tea.example", "A link is not closed"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "Tables do nothing here"),
    ):
        notes = retype(marketer, body, text)["notes"]
        assert told in notes[body], text  # type: ignore[index]
    for text in ("2 < 3 and `<b>`", "**Tea** [shop](https://tea.example)", "a | b"):
        assert retype(marketer, body, text)["notes"] == {}, text


def test_people_are_told_of_each_other_and_no_more_once_they_left(
    marketer: FlaskClient,
    admin: FlaskClient,
    tea: PageContent,  # noqa: ARG001 (whose page it is)
) -> None:
    here = marketer.post(f"{PAGE}/here").get_json()
    assert here["others"] == []
    assert "Mei has this page open since" in admin.post(f"{PAGE}/here").get_json()["others"][0]
    assert "Mei has this page open since" in admin.get(PAGE).text
    marketer.post(f"{PAGE}/left")
    assert admin.post(f"{PAGE}/here").get_json()["others"] == []
    assert "Mei saved this page" in admin.post(f"{PAGE}/here").get_json()["saved"]
    assert here["saved"] == ""
