from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from scan_support import a_scan

from shelftalk.scans.record import (
    CLASSES,
    DEVICES,
    Action,
    Record,
    Scan,
    format_record,
    format_scan,
    parse_line,
    place_record,
)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
scans = st.builds(
    Scan,
    moments,
    st.text("23456789abcdefghjkmnpqrstvwxy", min_size=10, max_size=10),
    st.sampled_from(["", "en", "zh-Hant", "fa"]),
    st.sampled_from(DEVICES),
    st.sampled_from(CLASSES),
    st.integers(2, 99),
    st.booleans(),
)


words = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=2, max_size=20)
actions = st.builds(
    Action,
    moments,
    st.one_of(st.just(""), st.text("23456789abcdefghjkmnpqrstvwxy", min_size=10, max_size=10)),
    st.integers(1, 10**9),
    st.one_of(st.just(""), st.text("abcXYZ0189", min_size=2, max_size=20)),
    st.one_of(st.just(""), words),
    words,
    st.sampled_from(["", "en", "zh-Hant", "fa"]),
    st.sampled_from(DEVICES),
    st.sampled_from(CLASSES),
    st.integers(1, 99),
    st.booleans(),
)
records = st.one_of(scans, actions)


@given(records)
def test_what_is_written_is_read_back(record: Record) -> None:
    line = format_record(record)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert parse_line(line[:-1]) == record
    placed = place_record(record, "a.scans", 99)
    assert (placed.segment, placed.position, placed.at) == ("a.scans", 99, record.at)


@given(records, st.data())
def test_no_changed_byte_goes_unnoticed(record: Record, data: st.DataObject) -> None:
    line = bytearray(format_record(record)[:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    assert parse_line(bytes(line)) is None


@given(records, st.integers(1, 60))
def test_no_torn_line_is_taken_for_a_whole_one(record: Record, cut: int) -> None:
    assert parse_line(format_record(record)[: -1 - cut]) is None


def test_a_repeat_of_the_first_rules_is_a_reload_of_todays() -> None:
    old = a_scan(scan_class="repeat", rule_version=1)
    assert parse_line(format_scan(old)[:-1]) == replace(old, scan_class="reload")
    new = replace(old, rule_version=2)
    assert parse_line(format_scan(new)[:-1]) == new


def test_a_line_can_be_read_by_people() -> None:
    assert format_scan(a_scan()).startswith(b"s 2026-03-01T12:00:00.123+00:00 ")


def test_a_local_moment_is_kept_as_utc() -> None:
    scan = a_scan(at=datetime.fromisoformat("2026-03-01T15:30:00+03:30"))
    read = parse_line(format_scan(scan)[:-1])
    assert read == replace(scan, at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert read.at.utcoffset() == timedelta(0)
