"""Scans of codes that are on one unit only: the page as always, and the unit kept no longer than it must be."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scan_support import AT, IPHONE, LIVE, RETIRED, UNKNOWN, SqliteSink, a_scan, ask

from shelftalk.catalog.units import KEY_BYTES, format_unit
from shelftalk.scans.aside import ASIDE
from shelftalk.scans.door import Door
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.record import CLASSES, DEVICES, Scan, UnitScan, format_record, parse_line, place_record
from shelftalk.scans.segment import list_segments, read_segment
from shelftalk.scans.spool import Durability, Limits, Spool

UNIT = format_unit(LIVE, 17, bytes(KEY_BYTES))
SUFFIX = UNIT[10:]
signs = st.text("23456789abcdefghjkmnpqrstvwxy", min_size=8, max_size=8)
unit_scans = st.builds(
    UnitScan,
    st.just(AT),
    st.just(LIVE),
    st.sampled_from(["", "en", "zh-Hant"]),
    st.sampled_from(DEVICES),
    st.sampled_from(CLASSES),
    st.integers(2, 99),
    st.booleans(),
    unit=signs,
)


def spooled(spool: Spool) -> list[Scan]:
    return [scan for name in list_segments(spool.folder) for scan in read_segment(spool.folder, name, 0, 10**6).records]


def a_unit_scan(**changes: object) -> UnitScan:
    return replace(UnitScan(AT, LIVE, "fa", "phone", "person", 2, True, unit=SUFFIX), **changes)


@given(unit_scans)
def test_a_unit_scan_is_read_back_and_keeps_its_unit_when_placed(scan: UnitScan) -> None:
    line = format_record(scan)
    assert parse_line(line[:-1]) == scan
    assert place_record(scan, "one.scans", 7) == replace(scan, segment="one.scans", position=7)


@given(unit_scans, st.data())
def test_any_damage_to_its_line_is_seen(scan: UnitScan, data: st.DataObject) -> None:
    line = bytearray(format_record(scan)[:-1])
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    assert parse_line(bytes(line)) is None


def test_plain_lines_are_as_they_were_and_only_units_have_a_word_more() -> None:
    assert format_record(a_scan()) == b"s 2026-03-01T12:00:00.123+00:00 h73222222b fa phone person 1 1 dd11efad\n"
    assert len(format_record(a_unit_scan()).split()) == 10
    assert format_record(a_unit_scan(unit="")).split()[:-1] == format_record(a_scan(rule_version=2)).split()[:-1]


@pytest.mark.parametrize("written", [UNIT, UNIT.upper(), f"{UNIT}/", f"{UNIT[:4]}-{UNIT[4:8]} {UNIT[8:]}"])
def test_a_units_code_opens_the_page_however_it_is_written(door: Door, spool: Spool, written: str) -> None:
    answer = ask(door, f"/q/{written}", user_agent=IPHONE, accept_language="fa")
    assert (answer.status, answer.note, answer.headers["Content-Language"]) == (200, "person", "fa")
    assert "Oolong" in answer.text
    [scan] = spooled(spool)
    assert isinstance(scan, UnitScan)
    assert (scan.code, scan.unit) == (LIVE, SUFFIX)


@pytest.mark.parametrize("ending", ["2345678", "o0il1zu0", "22222222", "2", "234567892"])
def test_a_printed_code_never_dies_whatever_stands_after_it(door: Door, spool: Spool, ending: str) -> None:
    answer = ask(door, f"/q/{LIVE}{ending}", user_agent=IPHONE)
    assert (answer.status, answer.note) == (200, "person")
    assert [scan.code for scan in spooled(spool)] == [LIVE]
    assert ask(door, f"/q/{RETIRED}{ending}").status == 410


@pytest.mark.parametrize("code", [UNKNOWN + SUFFIX, LIVE + "2" * 11, f"{LIVE}/{SUFFIX}", SUFFIX + LIVE])
def test_what_begins_with_no_code_is_unknown(door: Door, spool: Spool, code: str) -> None:
    assert ask(door, f"/q/{code}").status == 404
    assert spooled(spool) == []


def test_head_looks_and_counts_nothing(door: Door, spool: Spool) -> None:
    assert (ask(door, f"/q/{UNIT}", "HEAD").status, spooled(spool)) == (200, [])


def test_the_reader_may_change_the_language_and_follow_links_there(door: Door, spool: Spool) -> None:
    answer = ask(door, f"/q/{UNIT}?lang=ru", user_agent=IPHONE, accept_language="fa")
    assert (answer.status, answer.headers["Content-Language"]) == (200, "ru")
    assert answer.note.startswith("reload")
    tap = ask(door, f"/q/{UNIT}?go=hero.nothing", user_agent=IPHONE)
    assert tap.headers["Location"].startswith(f"/q/{LIVE}?"), "the unit is left behind"
    assert all(not isinstance(scan, UnitScan) for scan in spooled(spool))


def test_another_unit_is_no_repeat_and_the_same_one_is(door: Door, spool: Spool) -> None:
    other = format_unit(LIVE, 18, bytes(KEY_BYTES))
    notes = [ask(door, f"/q/{code}", user_agent=IPHONE).note for code in (UNIT, other, UNIT)]
    assert notes == ["person", "person", "repeat; scanned within 30 minutes"]
    assert [getattr(scan, "unit", "") for scan in spooled(spool)] == [SUFFIX, other[10:], ""]


@pytest.mark.parametrize(
    "header", [{"sec_gpc": "1"}, {"dnt": "1"}, {"sec_purpose": "prefetch"}, {"user_agent": "Googlebot/2.1"}]
)
def test_who_is_no_person_or_asks_not_to_be_followed_leaves_no_unit(door: Door, spool: Spool, header) -> None:
    assert ask(door, f"/q/{UNIT}", **{"user_agent": IPHONE} | header).status == 200
    [scan] = spooled(spool)
    assert not isinstance(scan, UnitScan)
    assert all(SUFFIX.encode() not in path.read_bytes() for path in spool.folder.iterdir())


@pytest.mark.parametrize("durability", ["power", "process"])
def test_a_units_code_is_gone_from_the_disk_minutes_later_though_nobody_scans(tmp_path: Path, durability: Durability):
    spool = Spool(tmp_path / "spool", durability, Limits(segment_s=0.2, sync_s=0.01))
    ingester = Ingester(spool, SqliteSink(tmp_path / "store.sqlite"))
    assert spool.append(a_unit_scan()) == "kept"
    ingester.ingest_once()
    assert find_unit(tmp_path), "control: a live segment holds it"
    time.sleep(0.6)
    ingester.ingest_once()
    assert not find_unit(tmp_path)
    assert (spool.append(a_unit_scan()), len(list_segments(spool.folder))) == ("kept", 1)
    status = spool.status()
    assert (status.served, status.missing, status.lost) == (2, 0, 0)
    spool.close()


def find_unit(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and SUFFIX.encode() in path.read_bytes()]


def test_a_refused_scan_is_set_aside_without_its_unit(spool: Spool, tmp_path: Path) -> None:
    sink = SqliteSink(tmp_path / "store.sqlite", known=set())
    spool.append(a_unit_scan())
    ingester = Ingester(spool, sink)
    ingester.ingest_once()
    assert LIVE in (spool.folder / ASIDE).read_text()
    assert SUFFIX not in (spool.folder / ASIDE).read_text()
    sink.known = None
    assert (ingester.retry_set_aside(), ingester.ingest_once()) == (1, 1)
    assert sink.list_codes() == [LIVE]
