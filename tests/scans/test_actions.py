"""Taps and beacons at the door: they go to stored targets only, keep the code, and count once, as what they are."""

from __future__ import annotations

import asyncio
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from scan_support import AT, IPHONE, LANGUAGES, LIVE, RETIRED, UNKNOWN, SqliteSink, ask, plain_app, some_content

from shelftalk.scans.actions import make_location
from shelftalk.scans.async_door import AsyncDoor
from shelftalk.scans.door import Door
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.record import Action, Scan
from shelftalk.scans.segment import list_segments, read_segment
from shelftalk.scans.shelf import Content, RenderedPage, ShelfWriter, copy_path
from shelftalk.scans.spool import Spool
from shelftalk.scans.visitors import CROWD_SENDERS, Visitors

SHOP = "https://shop.example/oolong?a=1&b=2"
GO = "buy.0123abcd"


@pytest.fixture
def shelf_path(tmp_path: Path) -> Path:
    path = tmp_path / "shelf.sqlite"
    content = some_content()
    taps = {GO: "buy", "faq.open": "faq", "video.play": "video"}
    pages = [
        RenderedPage(page.key, page.language, page.html, links={GO: SHOP}, taps=taps)
        if page.key == "product:7"
        else page
        for page in content.pages
    ]
    ShelfWriter(path).rebuild(Content(content.targets, pages, content.slugs))
    return path


def spooled(spool: Spool) -> list[Scan | Action]:
    names = list_segments(spool.folder)
    return [record for name in names for record in read_segment(spool.folder, name, 0, 10**6).records]


def test_a_tap_leads_to_the_stored_target_and_is_kept_before_the_answer(door: Door, spool: Spool) -> None:
    answer = ask(door, f"/q/{LIVE}?go={GO}&lang=fa", user_agent=IPHONE, sec_fetch_site="same-origin")
    assert (answer.status, answer.headers["Location"], answer.raw) == (303, SHOP, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Shelftalk-Action"] == "action; person"
    assert "X-Shelftalk-Scan" not in answer.headers
    [action] = spooled(spool)
    assert isinstance(action, Action)
    assert (action.code, action.product_id, action.block, action.block_type) == (LIVE, 7, "buy", "buy")
    assert (action.word, action.language, action.device, action.scan_class) == ("go", "fa", "phone", "person")
    assert action.first


def test_the_product_s_own_address_taps_without_a_code(door: Door, spool: Spool) -> None:
    assert ask(door, f"/p/oolong?go={GO}&lang=en").headers["Location"] == SHOP
    assert ask(door, f"/p/old-oolong?go={GO}").headers["Location"] == SHOP
    assert [(action.code, action.product_id) for action in spooled(spool)] == [("", 7), ("", 7)]


@pytest.mark.parametrize(
    "go",
    [
        "https://evil.example",
        "//evil.example",
        "buy.deadbeef",
        "buy.0123abcd/../..",
        "",
        "faq.open",
        "buy.0123abcd%0d%0aSet-Cookie:a",
        "product:7",
        "%00",
        "b" * 300,
    ],
)
def test_no_tap_leads_elsewhere(door: Door, spool: Spool, go: str) -> None:
    for path in (f"/q/{LIVE}", "/p/oolong"):
        answer = ask(door, f"{path}?go={go}&url=https://evil.example", accept_language="ru")
        assert (answer.status, answer.headers["Location"]) == (303, f"{path}?lang=ru")
    assert spooled(spool) == []


def test_going_back_to_the_page_is_no_new_scan(door: Door, spool: Spool) -> None:
    back = ask(door, f"/q/{LIVE}?go=buy.ffffffff").headers["Location"]
    assert ask(door, back).note.startswith("reload")
    assert [record.scan_class for record in spooled(spool)] == ["reload"]


def test_a_code_that_nobody_knows_is_told_so_also_with_a_tap(door: Door, spool: Spool) -> None:
    assert ask(door, f"/q/{UNKNOWN}?go={GO}").status == 404
    assert ask(door, f"/q/{UNKNOWN}?act=read", "POST").status == 405
    assert ask(door, f"/p/nothing?go={GO}").status == 404
    assert spooled(spool) == []


def test_a_tap_on_a_label_retired_meanwhile_still_leads_on(door: Door) -> None:
    assert ask(door, f"/q/{RETIRED}?go={GO}").headers["Location"] == SHOP


def test_head_counts_nothing(door: Door, spool: Spool) -> None:
    assert ask(door, f"/q/{LIVE}?go={GO}", "HEAD").headers["Location"] == SHOP
    assert ask(door, "/p/oolong?via=share", "HEAD").status == 200
    assert ask(door, f"/q/{LIVE}?act=read", "HEAD").status == 200
    assert spooled(spool) == []


def test_a_beacon_is_kept_and_has_no_body(door: Door, spool: Spool) -> None:
    for name in ("read", "share", "faq.open", "video.play"):
        answer = ask(door, f"/q/{LIVE}?act={name}&lang=fa", "POST", user_agent=IPHONE, sec_fetch_dest="empty")
        assert (answer.status, answer.raw, answer.headers["X-Shelftalk-Action"]) == (204, b"", "action; person")
        assert "Content-Length" not in answer.headers
    assert [(a.block, a.block_type, a.word, a.first) for a in spooled(spool)] == [
        ("", "", "read", True),
        ("", "", "share", True),
        ("faq", "faq", "open", False),
        ("video", "video", "play", False),
    ]


@pytest.mark.parametrize(
    "act", ["", "buy", "faq", "faq.close", "nothing.open", GO, "faq.open.open", "FAQ.open", "shared", "a" * 99, "a b"]
)
def test_a_word_the_page_does_not_say_is_refused(door: Door, spool: Spool, act: str) -> None:
    assert ask(door, f"/q/{LIVE}?act={act.replace(' ', '+')}", "POST").status == 404
    assert spooled(spool) == []


@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"}],
)
def test_another_site_counts_nothing(door: Door, spool: Spool, headers: dict[str, str]) -> None:
    assert ask(door, f"/q/{LIVE}?act=read", "POST", **headers).status == 403
    assert ask(door, f"/q/{LIVE}?go={GO}", **headers).headers["Location"] == SHOP, "people get where they wanted"
    assert spooled(spool) == []


@pytest.mark.parametrize("origin", ["null", "https://tea.example", ""])
def test_our_own_pages_may_have_no_origin(door: Door, spool: Spool, origin: str) -> None:
    assert ask(door, f"/q/{LIVE}?act=read", "POST", origin=origin, host="10.0.0.1").status == 204
    assert len(spooled(spool)) == 1


@pytest.mark.parametrize("header", ["sec_gpc", "dnt"])
def test_who_asks_not_to_be_tracked_is_not_told_apart(door: Door, spool: Spool, header: str) -> None:
    private = {header: "1", "user_agent": IPHONE, "accept_language": "fa"}
    assert ask(door, f"/q/{LIVE}?act=read", "POST", **private).status == 204
    assert spooled(spool) == []
    ask(door, f"/q/{LIVE}?go={GO}&lang=fa", **private)
    [tap] = spooled(spool)
    assert (tap.language, tap.device, tap.first, tap.scan_class) == ("", "", False, "person")


@pytest.mark.parametrize(
    ("headers", "scan_class"),
    [
        ({"user_agent": "WhatsApp/2.24"}, "preview_bot"),
        ({"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, "declared_bot"),
        ({"sec_purpose": "prefetch"}, "prefetch"),
        ({"cookie": "shelftalk-test=1"}, "staff"),
    ],
)
def test_programs_and_staff_are_set_aside(door: Door, spool: Spool, headers: dict[str, str], scan_class: str) -> None:
    ask(door, f"/q/{LIVE}?go={GO}", **headers)
    [tap] = spooled(spool)
    assert (tap.scan_class, tap.first) == (scan_class, False)


def test_a_shared_link_is_word_of_mouth_and_no_scan(door: Door, spool: Spool) -> None:
    answer = ask(door, "/p/oolong?lang=fa&via=share", user_agent=IPHONE)
    assert (answer.status, "Oolong fa" in answer.text) == (200, True)
    [action] = spooled(spool)
    assert (action.word, action.code, action.block, action.scan_class) == ("shared", "", "", "person")
    ask(door, "/p/oolong?via=share", user_agent="WhatsApp/2.24")
    ask(door, "/p/oolong?via=share", user_agent=IPHONE, cache_control="max-age=0")
    assert [action.scan_class for action in spooled(spool)[1:]] == ["preview_bot", "reload"]
    moved = ask(door, "/p/old-oolong?lang=fa&via=share").headers["Location"]
    assert moved == "/p/oolong?lang=fa&via=share"
    assert ask(door, f"/q/{LIVE}?via=share").note == "person", "a scanned code stays a scan"


def test_forms_and_questions_are_the_application_s(door: Door, spool: Spool) -> None:
    for path in (f"/q/{LIVE}", "/p/oolong"):
        assert ask(door, f"{path}?do=ask1&lang=en", "POST").headers["X-From"] == "application"
        assert ask(door, f"{path}?ask=caffeine&in=faq").headers["X-From"] == "application"
        assert ask(door, f"{path}?said=ask1&lang=en").headers["X-From"] == "application"
    assert ask(door, f"/q/{LIVE}", "POST").status == 405
    assert spooled(spool) == []


def test_only_the_first_of_its_kind_within_half_an_hour_is_a_first() -> None:
    visitors, page = Visitors(slots=64), "2r4kplgt2v"

    def do(minute: int, kind: str, agent: str = IPHONE, at_page: str = page) -> bool:
        return visitors.note_action("1.2.3.4", agent, "en", at_page, kind, AT + timedelta(minutes=minute)).first

    assert [do(0, "read"), do(0, "act"), do(1, "act"), do(2, "read")] == [True, True, False, False]
    assert do(3, "act", agent="another")
    assert do(3, "act", at_page="another")
    assert not do(30, "act"), "thirty minutes after the last, not after the first"
    assert do(61, "act")


def test_alike_phones_behind_a_shop_s_address_are_not_made_one() -> None:
    visitors, page = Visitors(slots=4096), "2r4kplgt2v"
    for number in range(CROWD_SENDERS):
        visitors.see("1.2.3.4", f"phone {number}", "en", "another", AT)
    for _ in range(50):
        visitors.see("1.2.3.4", IPHONE, "en", page, AT)
    firsts = [visitors.note_action("1.2.3.4", IPHONE, "en", page, "act", AT).first for _ in range(80)]
    assert sum(firsts) == 50, "as many as scanned, and no more"


def test_an_action_makes_nobody_new(door: Door, spool: Spool) -> None:
    ask(door, f"/q/{LIVE}?act=read", "POST", user_agent=IPHONE)
    ask(door, f"/q/{LIVE}", user_agent=IPHONE)
    assert [record.first_of_day for record in spooled(spool) if isinstance(record, Scan)] == [True]


def test_beacons_come_at_a_bounded_rate(shelf_path: Path, spool: Spool) -> None:
    door = Door(plain_app, ShelfReader(shelf_path), spool, visitors=Visitors(slots=64, flood=5))
    answers = [ask(door, f"/q/{LIVE}?act=read", "POST").status for _ in range(8)]
    assert answers == [204] * 5 + [429] * 3
    assert ask(door, f"/q/{LIVE}?go={GO}").headers["Location"] == SHOP
    assert [record.scan_class for record in spooled(spool)] == ["person"] * 5 + ["burst"]


def test_links_outlive_a_shelf_that_is_lost_or_damaged(shelf_path: Path) -> None:
    reader = ShelfReader(shelf_path, refresh_s=0)
    shelf_path.unlink()
    link = reader.find_link("product:7", GO)
    assert link
    assert link.url == SHOP
    copy_path(shelf_path).rename(shelf_path)
    with shelf_path.open("r+b") as file:
        file.truncate(5_000)
    assert (reader.find_link("product:7", "faq.open") or link).block_type == "faq"
    assert reader.find_link("product:7", "buy.ffffffff") is None


def test_links_change_with_their_page(shelf_path: Path) -> None:
    reader, writer = ShelfReader(shelf_path, refresh_s=0), ShelfWriter(shelf_path)
    assert reader.find_link("product:7", GO)
    page = RenderedPage("product:7", "en", b"new", links={"buy.11111111": "https://new.example/"})
    writer.write(Content(pages=[page]))
    assert reader.find_link("product:7", GO) is None
    assert reader.find_link("product:7", "buy.11111111")
    assert writer.write(Content(pages=[page])) == reader.status().version
    writer.write(Content(gone_keys=["product:7"]))
    assert reader.find_link("product:7", "buy.11111111") is None
    writer.rebuild(Content(pages=[RenderedPage("product:8", "en", b"x", links={"a1.22222222": SHOP})]))
    assert reader.find_link("product:8", "a1.22222222")


def test_the_languages_of_a_page_share_its_links(tmp_path: Path) -> None:
    path = tmp_path / "shelf.sqlite"
    pages = [
        RenderedPage("product:7", tag, b"x", links={f"buy.{number:08x}": f"https://{tag.lower()}.example/"})
        for number, tag in enumerate(LANGUAGES)
    ]
    ShelfWriter(path).rebuild(Content(pages=pages))
    reader = ShelfReader(path)
    for number in range(len(LANGUAGES)):
        assert reader.find_link("product:7", f"buy.{number:08x}")


def test_an_ingest_takes_scans_and_actions_once(door: Door, spool: Spool, sink: SqliteSink, ingester: Ingester) -> None:
    for number in range(30):
        ask(door, f"/q/{LIVE}", address=f"10.0.0.{number}")
        ask(door, f"/q/{LIVE}?act=read", "POST", address=f"10.0.0.{number}")
        ask(door, f"/p/oolong?go={GO}", address=f"10.0.0.{number}")
    spool.close()
    assert ingester.ingest_once() == 90
    assert ingester.ingest_once() == 0
    codes = sink.list_codes()
    assert (codes.count(LIVE), codes.count("")) == (60, 30)
    status = spool.status()
    assert (status.served, status.stored, status.depth, status.balanced) == (90, 90, 0, True)


def test_actions_no_store_takes_are_set_aside_and_come_again(
    door: Door, spool: Spool, sink: SqliteSink, ingester: Ingester
) -> None:
    sink.known = {LIVE}
    ask(door, f"/p/oolong?go={GO}")
    ask(door, f"/q/{LIVE}")
    spool.close()
    assert ingester.ingest_once() == 2
    assert (sink.list_codes(), spool.status().set_aside) == ([LIVE], 1)
    sink.known = None
    assert ingester.retry_set_aside() == 1
    ingester.ingest_once()
    assert (sink.list_codes(), spool.status().set_aside, spool.status().balanced) == ([LIVE, ""], 0, True)


def test_a_spool_from_before_actions_is_read_as_ever(spool: Spool) -> None:
    line = b"s 2026-03-01T12:00:00.123+00:00 2r4kplgt2v fa phone person 1 1"
    name = "20260101T000000-1-aa.scans"
    (spool.folder / name).write_bytes(b"shelftalk-scans 1\n" + line + b" %08x\n" % zlib.crc32(line))
    [scan] = read_segment(spool.folder, name, 0, 10).records
    assert isinstance(scan, Scan)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://shop.example/a%20b?x=%C3%BC#top", "https://shop.example/a%20b?x=%C3%BC#top"),
        ("https://tee.example/grüner", "https://tee.example/gr%C3%BCner"),
        ("https://tée.example:8443/?q=سبز", "https://xn--te-bja.example:8443/?q=%D8%B3%D8%A8%D8%B2"),
    ],
)
def test_every_script_s_addresses_fit_into_a_header(url: str, location: str) -> None:
    assert make_location(url) == location


def test_a_host_there_cannot_be_fails_no_tap() -> None:
    assert make_location("https://tée..example/") == "https://t%C3%A9e..example/"


def test_both_kinds_of_server_take_taps(door: Door, spool: Spool) -> None:
    async def ask_asgi(method: str, path: str, query: str) -> tuple[int, dict[bytes, bytes]]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"ignored"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def rest(_scope: object, _receive: object, send: Any) -> None:
            await send({"type": "http.response.start", "status": 299, "headers": []})

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"user-agent", IPHONE.encode())],
            "client": ("10.1.1.1", 1),
        }
        await AsyncDoor(door, rest)(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"])

    async def run() -> None:
        status, headers = await ask_asgi("GET", f"/q/{LIVE}", f"go={GO}&lang=fa")
        assert (status, headers[b"location"]) == (303, SHOP.encode())
        assert (await ask_asgi("POST", "/p/oolong", "act=faq.open"))[0] == 204
        assert (await ask_asgi("POST", "/p/oolong", "do=faq"))[0] == 299
        assert (await ask_asgi("GET", "/p/oolong", "said=faq"))[0] == 299

    asyncio.run(run())
    assert [(action.code, action.word) for action in spooled(spool)] == [(LIVE, "go"), ("", "open")]
