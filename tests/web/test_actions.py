"""Actions behind the door: links of real pages, forms, and a report that says what the rows say."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.store import Store, actions, pages
from shelftalk.web import touch
from shelftalk.web.sample import load_sample, remove_sample
from shelftalk.web.state import State, get_state
from shelftalk.web.taps import list_taps
from shelftalk.web.touch import Reply, Touch
from tests.store.test_store_contract import AT, add_location, add_placement, add_product
from tests.tea_page import read_page

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile", "Accept-Language": "en"}
YEARS = (clock.now().date().replace(year=2020), clock.now().date().replace(year=2100, day=1))


@pytest.fixture
def parts(app: Flask) -> State:
    return get_state(app)


@pytest.fixture
def placed(parts: State, store: Store) -> Placement:
    content = read_page()
    content = replace(content, blocks=tuple(block for block in content.blocks if block.type != "image"))
    with store.write() as db:
        product = add_product(db)
        pages.save_page(db, product.id, 1, content, by="", at=AT)
        pages.publish_page(db, product.id, by="", at=AT)
        placement = add_placement(db, product, add_location(db))
    parts.refresh_shelf()
    return placement


@pytest.fixture
def form(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Reply]]:
    """A form on the page's questions that answers what is put in here."""
    answers: list[Reply] = []

    def handle(_touch: Touch) -> Reply:
        return answers.pop()

    monkeypatch.setitem(touch.DOES, "faq", handle)
    yield answers


def list_links(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="(\?go=[^"]+)"', page)]


def ingest(parts: State) -> None:
    parts.spool.close()
    parts.ingester.ingest_once()


def test_every_link_of_a_real_page_leads_to_what_the_marketer_wrote(app: Flask, placed: Placement) -> None:
    client = app.test_client()
    address = f"/q/{placed.code}"
    page = client.get(address, headers=PHONE).text
    links = list_links(page)
    assert len(links) >= 3
    written = {str(row["url"]) for row in read_page().texts["en"]["blinks"]["rows"]}  # type: ignore[index, union-attr]
    answers = [client.get(address + link, headers=PHONE) for link in links]
    assert {answer.status_code for answer in answers} == {303}
    assert written <= {answer.headers["Location"] for answer in answers}
    assert all(answer.headers["X-Shelftalk-Action"] == "action; person" for answer in answers)
    assert (
        client.get(f"{address}?go={links[0][4:].partition('&')[0]}x", headers=PHONE)
        .headers["Location"]
        .startswith(address)
    )


def test_a_page_says_only_what_its_templates_mark() -> None:
    page = (
        '<section id="bfaq"><details data-act="open"></section><a data-act="share"><section id="bvid" class="b-video">'
    )
    page += '<button data-act="play"><p data-act="Not A Word"></section>'
    taps = list_taps(page, ["bbuy.01234567"], {"bfaq": "faq", "bvid": "video", "bbuy": "buy"})
    assert taps == {"bbuy.01234567": "buy", "bfaq.open": "faq", "bvid.play": "video"}


@pytest.mark.parametrize(
    ("reply", "sent", "words"),
    [
        (Reply(said="bfaq"), {}, ["faq"]),
        (Reply(said="bfaq", act="question"), {}, ["question"]),
        (Reply(said="bfaq", act="-"), {}, []),
        (Reply(said="bfaq"), {"website": "https://spam.example"}, []),
        (Reply("answers/none.html", status=422), {}, []),
    ],
)
def test_a_form_that_was_taken_is_an_action(
    app: Flask,
    parts: State,
    store: Store,
    placed: Placement,
    form: list[Reply],
    reply: Reply,
    sent: dict[str, str],
    words: list[str],
) -> None:
    if reply.template:
        app.jinja_env.globals["none"] = None
        reply = replace(reply, template="shopper/notice.html", values={"notice": None, "product": None})
    form.append(reply)
    headers = PHONE | {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = app.test_client().post(f"/q/{placed.code}?do=bfaq&lang=en", data=sent, headers=headers)
    assert answer.status_code == (303 if reply.said else 422)
    ingest(parts)
    with store.read() as db:
        rows = actions.list_action_totals(db, *YEARS)
    assert [row.word for row in rows] == words
    assert all((row.placement_id, row.block, row.block_type) == (placed.id, "bfaq", "faq") for row in rows)


def test_another_site_cannot_send_a_form(app: Flask, placed: Placement, form: list[Reply]) -> None:
    form.append(Reply(said="bfaq"))
    headers = PHONE | {"Origin": "https://evil.example"}
    assert app.test_client().post(f"/q/{placed.code}?do=bfaq", headers=headers).status_code == 403


def read_csv(client: FlaskClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text)))


@pytest.fixture
def done(app: Flask, parts: State, placed: Placement) -> Placement:
    """Five phones scan; three read on, two tap, one of them three times; a bot follows a link; one shares."""
    client = app.test_client()
    address = f"/q/{placed.code}"
    for number in range(5):
        phone = {"User-Agent": f"Mozilla/5.0 (Linux; Android {number}) Mobile", "Accept-Language": "en"}
        buy = list_links(client.get(address, headers=phone).text)[-1]
        if number < 3:
            assert client.post(f"{address}?act=read", headers=phone).status_code == 204
        for _ in range((3, 1, 0, 0, 0)[number]):
            client.get(address + buy, headers=phone)
    client.get(address + buy, headers={"User-Agent": "Googlebot/2.1"})
    client.get("/p/high-mountain-oolong?via=share", headers=PHONE)
    client.get("/p/high-mountain-oolong" + buy, headers=PHONE)
    ingest(parts)
    return placed


def read_numbers(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-(?:funnel|figure)="(\w+)">([^<]*)<', page))


def test_the_funnel_says_what_the_rows_say(staff: FlaskClient, store: Store, done: Placement) -> None:
    assert done
    numbers = read_numbers(staff.get("/admin/reports/").text)
    with store.read() as db:
        stored = [row for row in actions.list_action_totals(db, *YEARS) if row.scan_class == "person"]
    taps = [row for row in stored if row.word not in ("read", "shared")]
    assert (numbers["scans"], numbers["reads"], numbers["acts"], numbers["taps"]) == ("5", "3", "2", "5")
    assert sum(row.actions for row in taps) == 5
    assert sum(row.firsts for row in taps if row.placement_id) == 2
    assert read_numbers(staff.get("/admin/reports/?class=all").text)["taps"] == "6", "with the bot's"
    page = html.unescape(staff.get("/admin/reports/").text)
    assert "1 time a page was opened by a link somebody shared" in page
    assert "1 tap came from a page nobody scanned for" in page


def test_filters_narrow_the_funnel_like_all_figures(staff: FlaskClient, store: Store, done: Placement) -> None:
    with store.write() as db:
        add_product(db, "Another")
    here = read_numbers(staff.get(f"/admin/reports/?product={done.product_id}&location={done.location_id}").text)
    assert (here["acts"], here["taps"]) == ("2", "4"), "the tap on the product's own address was nowhere"
    assert "funnel" not in staff.get("/admin/reports/?product=2").text.partition("<main")[2].partition("data-funnel")[1]
    assert "data-funnel" not in staff.get("/admin/reports/?from=2024-01-01&to=2024-01-31").text


def test_files_of_taps_and_funnels_agree_with_the_page(staff: FlaskClient, done: Placement) -> None:
    taps = read_csv(staff, "/admin/reports/taps.csv")
    assert [(row["block"], row["kind"], row["action"], row["taps"], row["first_taps"]) for row in taps] == [
        ("bbuy", "buy", "go", "5", "3")
    ]
    [funnel] = read_csv(staff, "/admin/reports/funnel.csv")
    assert (funnel["code"], funnel["scans"], funnel["read_on"], funnel["acted"]) == (done.code, "5", "3", "2")
    book = CalamineWorkbook.from_filelike(io.BytesIO(staff.get("/admin/reports/actions.xlsx").data))
    sheets = [book.get_sheet_by_index(number).to_python() for number in (0, 1)]
    assert [sheets[0][1][-3:], sheets[1][1][-2:]] == [[5.0, 3.0, 2.0], [5.0, 3.0]]


def test_the_placement_s_own_report_has_its_funnel(staff: FlaskClient, done: Placement) -> None:
    numbers = read_numbers(staff.get(f"/admin/reports/placements/{done.id}").text)
    assert (numbers["scans"], numbers["reads"], numbers["acts"]) == ("5", "3", "2")


def test_the_sample_shows_a_funnel_and_leaves_nothing(parts: State, store: Store, staff: FlaskClient) -> None:
    load_sample(parts)
    numbers = {
        name: int(text.replace(",", ""))
        for name, text in read_numbers(staff.get("/admin/reports/").text).items()
        if text.replace(",", "").isdigit()
    }
    assert numbers["scans"] > numbers["reads"] > numbers["acts"] > 100
    assert numbers["taps"] > numbers["acts"]
    with store.read() as db:
        stored = actions.list_action_totals(db, *YEARS)
    remove_sample(parts)
    with store.read() as db:
        assert (actions.count_actions(db), actions.list_action_totals(db, *YEARS)) == (0, [])
    assert {row.word for row in stored} >= {"go", "read", "share", "shared"}
