from __future__ import annotations

import gzip
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from scan_support import DRAFT, IPHONE, LANGUAGES, LIVE, RETIRED, UNKNOWN, SqliteSink, ask, code_number, plain_app

from shelftalk.scans.door import Door
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.record import Scan
from shelftalk.scans.segment import list_segments, read_segment
from shelftalk.scans.spool import Spool


def spooled(spool: Spool) -> list[Scan]:
    return [scan for name in list_segments(spool.folder) for scan in read_segment(spool.folder, name, 0, 10**6).records]


def test_a_scan_gets_its_page_and_is_in_the_spool_before_the_answer(door: Door, spool: Spool) -> None:
    answer = ask(door, f"/q/{LIVE}", user_agent=IPHONE, accept_language="fa-IR,fa;q=0.9", accept_encoding="gzip, br")
    assert answer.status == 200
    assert "Oolong fa" in answer.text
    assert answer.note == "person"
    [scan] = spooled(spool)
    assert (scan.code, scan.language, scan.device, scan.scan_class) == (LIVE, "fa", "phone", "person")
    assert scan.first_of_day


def test_the_headers_are_right(door: Door) -> None:
    headers = ask(door, f"/q/{LIVE}", accept_language="zh-TW", accept_encoding="br").headers
    assert headers["Content-Language"] == "zh-Hant"
    assert headers["Content-Encoding"] == "br"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Vary"] == "Accept-Language, Accept-Encoding"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Strict-Transport-Security"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("accepted", "used"),
    [
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("*", "br"),
        ("", ""),
        ("identity", ""),
        ("br;q=x", ""),
        ("deflate", ""),
    ],
)
def test_the_page_comes_in_a_compression_the_phone_takes(door: Door, accepted: str, used: str) -> None:
    answer = ask(door, f"/q/{LIVE}", accept_encoding=accepted)
    assert answer.headers.get("Content-Encoding", "") == used
    assert "Oolong" in answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.raw)


@pytest.mark.parametrize("written", [LIVE.upper(), f"{LIVE}/", f"{LIVE[:5]}-{LIVE[5:]}", f" {LIVE}"])
def test_a_code_is_found_however_it_is_written(door: Door, spool: Spool, written: str) -> None:
    assert ask(door, f"/q/{written}").status == 200
    assert ask(door, f"/Q/{written}").status == 200
    assert [scan.code for scan in spooled(spool)] == [LIVE, LIVE]


@pytest.mark.parametrize(("code", "reason"), [(UNKNOWN, "unknown code"), ("hello", "not a code"), ("", "not a code")])
def test_an_unknown_code_is_a_friendly_404_and_no_scan(door: Door, spool: Spool, code: str, reason: str) -> None:
    answer = ask(door, f"/q/{code}", accept_language="ru")
    assert (answer.status, answer.note) == (404, f"refused; {reason}")
    assert "unknown" in answer.text
    assert answer.headers["Content-Language"] == "ru"
    assert spooled(spool) == []


@pytest.mark.parametrize(("code", "status", "says"), [(RETIRED, 410, "retired"), (DRAFT, 200, "draft")])
def test_retired_and_unpublished_codes_have_pages_of_their_own_and_count(door, spool, code, status, says) -> None:
    answer = ask(door, f"/q/{code}", accept_language="fa")
    assert (answer.status, answer.headers["Content-Language"]) == (status, "fa")
    assert says in answer.text
    assert [scan.code for scan in spooled(spool)] == [code]


def test_head_looks_and_counts_nothing(door: Door, spool: Spool) -> None:
    answer = ask(door, f"/q/{LIVE}", "HEAD", accept_encoding="br")
    assert (answer.status, answer.raw, answer.note) == (200, b"", "refused; HEAD is not a scan")
    assert int(answer.headers["Content-Length"]) > 0
    assert spooled(spool) == []


def test_other_methods_are_told_what_is_allowed(door: Door) -> None:
    assert (ask(door, f"/q/{LIVE}", "OPTIONS").status, ask(door, "/p/oolong", "OPTIONS").status) == (204, 204)
    refused = ask(door, f"/q/{LIVE}", "POST")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_language_can_be_asked_for_and_is_then_no_new_scan(door: Door, spool: Spool) -> None:
    answer = ask(door, f"/q/{LIVE}?lang=ru", accept_language="fa")
    assert "Oolong ru" in answer.text
    assert answer.note == "reload; language switch"
    assert spooled(spool)[0].language == "ru"
    assert "Oolong fa" in ask(door, f"/q/{LIVE}?lang=xx", accept_language="fa").text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_its_page(door: Door, tag: str) -> None:
    assert f"Oolong {tag}" in ask(door, f"/p/oolong?lang={tag}").text


def test_a_test_scan_is_marked(door: Door, spool: Spool) -> None:
    ask(door, f"/q/{LIVE}?test=1")
    ask(door, f"/q/{LIVE}", cookie="a=b; shelftalk-test=1")
    assert [scan.scan_class for scan in spooled(spool)] == ["staff", "staff"]


def test_who_asks_for_privacy_leaves_only_time_code_and_class(door: Door, spool: Spool) -> None:
    answer = ask(door, f"/q/{LIVE}", user_agent=IPHONE, accept_language="fa", sec_gpc="1")
    assert "Oolong fa" in answer.text
    [scan] = spooled(spool)
    assert (scan.language, scan.device, scan.first_of_day, scan.scan_class) == ("", "", False, "person")


def wifi_agents() -> list[str]:
    """Eleven phones that differ in model or version: what is common behind one shop's address."""
    return [IPHONE.replace("17_5", f"{major}_{minor}") for major in (15, 16, 17) for minor in range(4)][:11]


@pytest.mark.parametrize("agents", [wifi_agents(), [IPHONE], [""]], ids=["eleven", "alike", "none"])
def test_five_hundred_scans_behind_one_address_are_five_hundred(door, spool, tmp_path: Path, agents: list[str]) -> None:
    chance = random.Random(500)
    for _ in range(500):
        ask(door, f"/q/{LIVE}", user_agent=chance.choice(agents), accept_language="fa")
    classes = Counter(scan.scan_class for scan in spooled(spool))
    assert set(classes) <= {"person", "repeat"}
    assert classes["person"] + classes["repeat"] == 500
    assert classes["person"] >= 495
    sink = SqliteSink(tmp_path / "store.sqlite")
    assert Ingester(spool, sink).ingest_once() == 500
    assert len(sink.list_codes()) == 500


def test_the_same_phone_at_the_same_label_is_a_repeat_and_at_another_it_is_not(door: Door, spool: Spool) -> None:
    notes = [ask(door, f"/q/{code}", user_agent=IPHONE).note for code in (LIVE, LIVE, DRAFT, LIVE.upper())]
    assert notes == ["person", "repeat; scanned within 30 minutes", "person", "repeat; scanned within 30 minutes"]
    assert [scan.first_of_day for scan in spooled(spool)] == [True, False, False, False]


def test_who_asks_for_privacy_is_never_recognised(door: Door) -> None:
    notes = [ask(door, f"/q/{LIVE}", user_agent=IPHONE, sec_gpc="1").note for _ in range(3)]
    assert notes == ["person; private"] * 3
    assert ask(door, f"/q/{LIVE}", user_agent=IPHONE).note == "person"


def test_a_products_own_address_is_no_scan_and_may_be_kept(door: Door, spool: Spool) -> None:
    answer = ask(door, "/p/oolong", accept_language="fa", accept_encoding="br")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "max-age=60")
    again = ask(door, "/p/oolong", accept_language="fa", accept_encoding="br", if_none_match=answer.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")
    other = ask(door, "/p/oolong", accept_language="fa", accept_encoding="gzip", if_none_match=answer.headers["ETag"])
    assert other.status == 200
    assert spooled(spool) == []


def test_an_old_slug_leads_on(door: Door) -> None:
    answer = ask(door, "/p/old-oolong?lang=fa")
    assert (answer.status, answer.headers["Location"]) == (301, "/p/oolong?lang=fa")


def test_an_unknown_slug_is_a_friendly_404(door: Door) -> None:
    answer = ask(door, "/p/nothing")
    assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "unknown" in answer.text


def test_the_privacy_page_is_there(door: Door) -> None:
    assert "privacy" in ask(door, "/privacy", accept_language="fa").text


def test_everything_else_goes_to_the_application(door: Door) -> None:
    for path in ("/", "/admin/", "/q", "/pages", "/healthz"):
        assert ask(door, path).raw == path.encode()


@pytest.mark.parametrize("url", [f"/q/{LIVE}?" + "a" * 2048, "/" + "a" * 2048, f"/q/{'a' * 100_000}"])
def test_an_endless_address_is_refused(door: Door, url: str) -> None:
    assert ask(door, url).status == 414


@pytest.mark.parametrize("query", ["lang=%ff", "lang", "&" * 500, "lang=en&" * 60, "lang=%00", "a=1;b=2"])
def test_odd_queries_still_get_the_page(door: Door, query: str) -> None:
    assert ask(door, f"/q/{LIVE}?{query}").status == 200


def test_the_page_comes_when_counting_breaks_and_the_loss_is_declared(door: Door, spool: Spool, monkeypatch) -> None:
    def break_down(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("shelftalk.scans.door.classify", break_down)
    answer = ask(door, f"/q/{LIVE}")
    assert (answer.status, answer.note) == (200, "lost")
    assert spool.status().lost == 1


def test_the_page_comes_when_the_disk_is_dead(door: Door, monkeypatch) -> None:
    def fail(*_given: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pwritev", fail)
    answer = ask(door, f"/q/{LIVE}")
    assert (answer.status, answer.note) == (200, "person; lost")


def test_a_page_that_cannot_be_read_is_a_translated_503_and_the_scan_counts(shelf_path: Path, spool: Spool) -> None:
    reader = ShelfReader(shelf_path, refresh_s=0)
    door = Door(plain_app, reader, spool)
    reader.find_page = lambda key, tag: None if key.startswith("product") else ShelfReader.find_page(reader, key, tag)
    answer = ask(door, f"/q/{LIVE}", accept_language="fa")
    assert (answer.status, answer.headers["Content-Language"]) == (503, "fa")
    assert "busy" in answer.text
    assert len(spooled(spool)) == 1


def test_before_anything_was_published_there_is_still_an_answer(tmp_path: Path, spool: Spool) -> None:
    door = Door(plain_app, ShelfReader(tmp_path / "none.sqlite"), spool)
    assert ask(door, f"/q/{LIVE}").status == 404
    assert ask(door, "/privacy").status == 503


def test_nothing_of_a_person_is_found_on_the_disk_afterwards(door: Door, spool: Spool, tmp_path: Path) -> None:
    canaries = {
        "address": "198.51.100.77",
        "user_agent": IPHONE + " CanaryAgent",
        "referer": "https://canary-referrer.example/x",
        "cookie": "id=canary-cookie",
        "accept_language": "fa;q=0.987",
    }
    ask(door, f"/q/{LIVE}?utm=canary-query", **canaries)
    Ingester(spool, SqliteSink(tmp_path / "store.sqlite")).ingest_once()
    spool.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 5
    for path in files:
        data = path.read_bytes()
        for canary in (b"198.51.100.77", b"Canary", b"canary", b"q=0.987", b"iPhone"):
            assert canary not in data, f"{canary!r} in {path.name}"


def test_guessing_finds_nothing(door: Door, spool: Spool) -> None:
    assert all(ask(door, f"/q/{code_number(n * 7_919 + 10**6)}").status == 404 for n in range(2_000))
    assert spooled(spool) == []


def test_a_body_can_be_unpacked_by_other_means(door: Door) -> None:
    assert gzip.decompress(ask(door, f"/q/{LIVE}", accept_encoding="gzip").raw).startswith(b"<html")
