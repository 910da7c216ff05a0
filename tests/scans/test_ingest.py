from __future__ import annotations

import contextlib
import json
import multiprocessing
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scan_support import SqliteSink, a_scan, code_number

from shelftalk import clock
from shelftalk.errors import Invalid, Unavailable
from shelftalk.scans import ingest
from shelftalk.scans.aside import ASIDE
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.ledger import fold_segments, read_ledger, write_ledger
from shelftalk.scans.progress import read_status
from shelftalk.scans.segment import list_segments
from shelftalk.scans.spool import Limits, Spool


def test_scans_reach_the_store_once_and_in_order(spool: Spool, sink: SqliteSink, ingester: Ingester) -> None:
    codes = [code_number(n) for n in range(100)]
    for code in codes:
        spool.append(a_scan(code=code))
    counts: list[int] = []
    assert ingester.ingest_once(counts.append) == 100
    assert counts == [100]
    assert sink.list_codes() == codes
    assert ingester.ingest_once() == 0
    assert ingester.status.rate > 0
    status = spool.status()
    assert (status.served, status.stored, status.depth, status.missing) == (100, 100, 0, 0)


def test_a_finished_segment_is_removed_and_its_position_forgotten(spool: Spool, sink: SqliteSink) -> None:
    spool.append(a_scan())
    ingester = Ingester(spool, sink)
    ingester.ingest_once()
    assert len(list_segments(spool.folder)) == 1, "its owner lives"
    assert len(sink.read_positions(ingester.node)) == 1
    spool.close()
    assert ingester.ingest_once() == 0
    assert list_segments(spool.folder) == []
    assert sink.read_positions(ingester.node) == {}
    assert not list(spool.folder.glob("*.meter"))
    status = spool.status()
    assert (status.served, status.stored, status.segments) == (1, 1, 0)


def test_scans_of_unknown_codes_are_set_aside_and_block_nobody(spool: Spool, tmp_path: Path) -> None:
    sink = SqliteSink(tmp_path / "store.sqlite", known={code_number(n) for n in range(20) if n != 13})
    for n in range(20):
        spool.append(a_scan(code=code_number(n)))
    ingester = Ingester(spool, sink)
    assert ingester.ingest_once() == 20
    assert sink.list_codes() == [code_number(n) for n in range(20) if n != 13]
    [line] = (spool.folder / ASIDE).read_text().splitlines()
    assert code_number(13) in json.loads(line)["scan"]
    status = spool.status()
    assert (status.served, status.stored, status.set_aside, status.depth) == (20, 19, 1, 0)
    spool.close()
    ingester.ingest_once()
    assert spool.status().set_aside == 1


def test_a_poisonous_scan_is_found_when_the_sink_cannot_say_which(spool: Spool, sink: SqliteSink, monkeypatch) -> None:
    write = sink.write_batch

    def refuse_poison(batch, positions, node) -> None:
        if any(scan.code == code_number(5) for scan in batch):
            raise Invalid("code", "“{value}” cannot be stored.", value=code_number(5))
        write(batch, positions, node)

    monkeypatch.setattr(sink, "write_batch", refuse_poison)
    for n in range(12):
        spool.append(a_scan(code=code_number(n)))
    Ingester(spool, sink).ingest_once()
    assert sink.list_codes() == [code_number(n) for n in range(12) if n != 5]
    assert spool.status().set_aside == 1


def test_a_store_that_is_away_keeps_everything_in_the_spool(spool: Spool, sink: SqliteSink, monkeypatch) -> None:
    monkeypatch.setattr(ingest, "POLL_S", 0.01)
    away = threading.Event()
    write = sink.write_batch

    def fail(batch, positions, node) -> None:
        if not away.is_set():
            raise ConnectionError("the store is away")
        write(batch, positions, node)

    monkeypatch.setattr(sink, "write_batch", fail)
    ingester, stop = Ingester(spool, sink), threading.Event()
    thread = threading.Thread(target=ingester.run_forever, args=(stop,))
    thread.start()
    for n in range(50):
        assert spool.append(a_scan(code=code_number(n))) == "kept"
    threading.Event().wait(0.1)
    assert ingester.status.error == "ConnectionError"
    assert spool.status().depth == 50
    away.set()
    for _ in range(300):
        if len(sink.list_codes()) == 50:
            break
        threading.Event().wait(0.02)
    stop.set()
    thread.join()
    assert sink.list_codes() == [code_number(n) for n in range(50)]
    assert ingester.status.error == ""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_batch_cut_off_before_or_after_its_commit_counts_once(spool, sink, monkeypatch, moment: str) -> None:
    for n in range(10):
        spool.append(a_scan(code=code_number(n)))
    write = sink.write_batch

    def die(batch, positions, node) -> None:
        if moment == "after":
            write(batch, positions, node)
        raise ConnectionError

    monkeypatch.setattr(sink, "write_batch", die)
    with pytest.raises(ConnectionError):
        Ingester(spool, sink).ingest_once()
    monkeypatch.setattr(sink, "write_batch", write)
    Ingester(spool, sink).ingest_once()
    assert sink.list_codes() == [code_number(n) for n in range(10)]
    assert spool.status().balanced


def test_a_store_that_is_away_is_noted_and_asked_ever_less_often(spool: Spool, sink: SqliteSink, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    asked: list[float] = []

    def fail(_node: str) -> dict[str, int]:
        asked.append(clock.monotonic())
        if len(asked) == 3:
            stop.set()
        raise Unavailable("The database cannot be reached.")

    stop = threading.Event()
    monkeypatch.setattr(ingest, "POLL_S", 0.1)
    monkeypatch.setattr(sink, "read_positions", fail)
    ingester = Ingester(spool, sink)
    ingester.run_forever(stop)
    assert ingester.status.error == "Unavailable"
    assert asked[2] - asked[0] > 0.5, "0.2 s, then 0.4 s"


def test_only_one_pass_runs_at_a_time(spool: Spool, sink: SqliteSink, ingester: Ingester) -> None:
    with ingest._hold(spool.folder / "ingest.lock", 0), pytest.raises(Unavailable):
        Ingester(spool, sink).ingest_once(wait_s=0)
    assert ingester.ingest_once(wait_s=0) == 0


def test_ingesters_of_several_processes_never_double(spool: Spool, sink: SqliteSink) -> None:
    for n in range(200):
        spool.append(a_scan(code=code_number(n)))
    context = multiprocessing.get_context("fork")
    others = [context.Process(target=lambda: Ingester(spool, sink).ingest_once()) for _ in range(4)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert sink.list_codes() == [code_number(n) for n in range(200)]


def test_large_backlogs_go_in_large_batches(tmp_path: Path, sink: SqliteSink, monkeypatch) -> None:
    monkeypatch.setattr(ingest, "BATCH", 100)
    spool = Spool(tmp_path / "s", limits=Limits(segment_bytes=2_000))
    for n in range(250):
        spool.append(a_scan(code=code_number(n)))
    spool.close()
    assert Ingester(spool, sink).ingest_once() == 250
    assert [size for size in sink.batches if size] == [100, 100, 50]
    assert list_segments(spool.folder) == []


def test_a_crash_between_counting_and_deleting_a_segment_counts_it_once(spool: Spool, sink: SqliteSink) -> None:
    for _ in range(5):
        spool.append(a_scan())
    spool.close()
    [name] = list_segments(spool.folder)
    saved = (spool.folder / name).read_bytes()
    ingester = Ingester(spool, sink)
    ingester.ingest_once()
    (spool.folder / name).write_bytes(saved)  # as if the crash had come before the file was deleted
    sink.write_batch([], {name: len(saved)}, ingester.node)
    assert spool.status().served == 5
    ingester.ingest_once()
    assert len(sink.list_codes()) == 5
    assert (spool.status().served, spool.status().stored) == (5, 5)
    assert list_segments(spool.folder) == []


def test_positions_of_segments_out_of_sight_are_kept(sink: SqliteSink, ingester: Ingester) -> None:
    """A spool folder that is not mounted for a while must not be counted again when it is back."""
    sink.write_batch([], {"20250101T000000-9-aa.scans": 500}, ingester.node)
    ingester.ingest_once()
    assert "20250101T000000-9-aa.scans" in sink.read_positions(ingester.node)


def test_a_full_disk_can_still_be_emptied(spool: Spool, sink: SqliteSink, monkeypatch) -> None:
    for _ in range(5):
        spool.append(a_scan())
    Ingester(spool, sink).ingest_once()
    spool.close()
    names = list_segments(spool.folder)
    real = Path.replace

    def full(_path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full)
    fold_segments(spool.folder, names)
    monkeypatch.setattr(Path, "replace", real)
    assert list_segments(spool.folder) == []
    assert read_ledger(spool.folder).totals.served == 5


def test_a_damaged_ledger_stops_nothing(spool: Spool, ingester: Ingester) -> None:
    spool.append(a_scan())
    write_ledger(spool.folder, read_ledger(spool.folder))
    (spool.folder / "ledger.json").write_text("{")
    assert ingester.ingest_once() == 1


class _Killed(BaseException):
    """Stands for a process that is gone at that point."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.sampled_from(["append", "append", "close", "ingest", "die before", "die after", "die folding"]),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_is_killed_and_repeated_in_whatever_order_all_is_counted_once(steps, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("any")
    sink = SqliteSink(folder / "store.sqlite")
    limits = Limits(segment_bytes=250, patience_s=20)  # a busy disk is not what is tried here
    spool, sent = Spool(folder / "spool", limits=limits), []

    def kill_at(step: str) -> None:
        dying = _DyingSink(folder / "store.sqlite", step)
        with pytest.MonkeyPatch.context() as patch:
            if step == "die folding":
                patch.setattr("shelftalk.scans.ledger.remove_segment", _die)
            with contextlib.suppress(_Killed):
                Ingester(spool, dying).ingest_once()

    for step in steps:
        if step == "append":
            sent.append(code_number(len(sent)))
            assert spool.append(a_scan(code=sent[-1])) == "kept"
        elif step == "close":
            spool.close()
            spool = Spool(folder / "spool", limits=limits)
        else:
            kill_at(step)
    spool.close()
    Ingester(spool, sink).ingest_once()
    assert sorted(sink.list_codes()) == sorted(sent)
    status = spool.status()
    assert (status.served, status.stored, status.depth, status.missing) == (len(sent), len(sent), 0, 0)


def _die(*_args: object) -> None:
    raise _Killed


class _DyingSink(SqliteSink):
    def __init__(self, path: Path, step: str) -> None:
        super().__init__(path)
        self.step = step

    def write_batch(self, batch, positions, node) -> None:
        if self.step == "die before":
            raise _Killed
        super().write_batch(batch, positions, node)
        if self.step == "die after":
            raise _Killed


def test_a_process_of_its_own_takes_the_work_from_the_servers(spool: Spool, sink: SqliteSink, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(ingest, "POLL_S", 0.01)
    own, server, stop = Ingester(spool, sink), Ingester(spool, sink), threading.Event()
    taken: list[str] = []
    monkeypatch.setattr(server, "ingest_once", lambda **_options: taken.append("server"))
    monkeypatch.setattr(own, "ingest_once", lambda **_options: taken.append("own"))
    follower = threading.Thread(target=own.follow, args=(stop,))
    follower.start()
    while not taken:
        threading.Event().wait(0.01)
    helper = threading.Thread(target=server.run_forever, args=(stop,))
    helper.start()
    threading.Event().wait(0.2)
    with pytest.raises(Unavailable, match="Another process"):
        Ingester(spool, sink).follow(stop)
    stop.set()
    follower.join()
    helper.join()
    assert "server" not in taken
    stop.clear()
    again = threading.Thread(target=server.run_forever, args=(stop,))
    again.start()
    for _ in range(300):
        if "server" in taken:
            break
        threading.Event().wait(0.01)
    stop.set()
    again.join()
    assert "server" in taken, "the process is gone, so the server does it again"


def test_a_stop_ends_the_pass_after_a_whole_batch(spool: Spool, sink: SqliteSink, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(ingest, "BATCH", 10)
    for n in range(35):
        spool.append(a_scan(code=code_number(n)))
    stop = threading.Event()
    assert Ingester(spool, sink).ingest_once(lambda _total: stop.set(), stop=stop) == 10
    assert Ingester(spool, sink).ingest_once() == 25
    assert sink.list_codes() == [code_number(n) for n in range(35)]


def test_another_process_can_read_how_far_it_is(spool: Spool, sink: SqliteSink) -> None:
    spool.append(a_scan())
    Ingester(spool, sink).ingest_once()
    status = read_status(spool.folder)
    assert status.last_count == 1
    assert status.rate > 0
    assert status.last_at
    (spool.folder / "ingest.json").write_text("{")
    assert read_status(spool.folder).last_at is None
