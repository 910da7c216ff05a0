"""Scans the store refused: kept, told, and tried again when somebody says so, each counted once."""

from __future__ import annotations

from pathlib import Path

from scan_support import SqliteSink, a_scan, code_number

from shelftalk.scans.aside import ASIDE, is_again, read_aside
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.segment import list_segments
from shelftalk.scans.spool import Spool


def set_some_aside(spool: Spool, path: Path) -> SqliteSink:
    """Ten scans; the store does not know three of their codes."""
    sink = SqliteSink(path / "store.sqlite", known={code_number(n) for n in range(7)})
    for n in range(10):
        spool.append(a_scan(code=code_number(n)))
    Ingester(spool, sink).ingest_once()
    return sink


def test_tried_again_they_are_stored_once_when_their_codes_are_back(spool: Spool, tmp_path: Path) -> None:
    sink = set_some_aside(spool, tmp_path)
    sink.known = None
    ingester = Ingester(spool, sink)
    assert ingester.retry_set_aside() == 3
    status = spool.status()
    assert (status.served, status.stored, status.set_aside, status.depth, status.missing) == (10, 7, 0, 3, 0)
    assert ingester.ingest_once() == 3
    assert (ingester.retry_set_aside(), ingester.ingest_once()) == (0, 0)
    assert sorted(sink.list_codes()) == sorted(code_number(n) for n in range(10))
    spool.close()
    ingester.ingest_once()
    status = spool.status()
    assert (status.served, status.stored, status.set_aside, status.missing) == (10, 10, 0, 0)
    assert list_segments(spool.folder) == []


def test_refused_again_they_are_set_aside_again(spool: Spool, tmp_path: Path) -> None:
    sink = set_some_aside(spool, tmp_path)
    ingester = Ingester(spool, sink)
    for _time in range(3):
        assert ingester.retry_set_aside() == 3
        assert ingester.ingest_once() == 3
        status = spool.status()
        assert (status.served, status.stored, status.set_aside, status.depth) == (10, 7, 3, 0)
    spool.close()
    ingester.ingest_once()
    entries = [entry for entry in read_aside(spool.folder) if entry.line]
    assert sorted(entry.line.split()[2] for entry in entries) == sorted(code_number(n) for n in (7, 8, 9))
    assert all(is_again(entry.segment) for entry in entries)


def test_an_entry_torn_by_a_crash_stops_nobody(spool: Spool, tmp_path: Path) -> None:
    sink = set_some_aside(spool, tmp_path)
    with (spool.folder / ASIDE).open("a") as file:
        file.write('{"place": "2026')
    spool.append(a_scan(code=code_number(99)))
    ingester = Ingester(spool, sink)
    assert ingester.ingest_once() == 1
    assert spool.status().set_aside == 4
    sink.known = None
    assert ingester.retry_set_aside() == 4
    assert ingester.ingest_once() == 4
    assert len(sink.list_codes()) == 11


def test_what_was_set_aside_in_a_pass_cut_off_is_not_also_stored_by_the_next(spool: Spool, tmp_path: Path) -> None:
    sink = SqliteSink(tmp_path / "store.sqlite", known=set())
    spool.append(a_scan(code=code_number(1)))
    ingester = Ingester(spool, sink)
    ingester._set_aside(ingester._read({}).scans, "unknown code")  # and then the process is gone
    sink.known = None
    assert ingester.retry_set_aside() == 0, "its place is not settled yet"
    ingester.ingest_once()
    assert sink.list_codes() == []
    assert (spool.status().set_aside, spool.status().stored) == (1, 0)
    assert ingester.retry_set_aside() == 1
    ingester.ingest_once()
    assert sink.list_codes() == [code_number(1)]
