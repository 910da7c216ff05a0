from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from scan_support import a_scan, code_number

from shelftalk.scans import segment as segments
from shelftalk.scans.segment import HEADER, is_live, list_segments, read_segment
from shelftalk.scans.spool import Limits, Spool


def read_all(folder: Path) -> list[str]:
    return [scan.code for name in list_segments(folder) for scan in read_segment(folder, name, 0, 10**6).records]


def test_an_appended_scan_can_be_read_at_once(spool: Spool) -> None:
    assert spool.append(a_scan()) == "kept"
    [name] = list_segments(spool.folder)
    reading = read_segment(spool.folder, name, 0, 10)
    [scan] = reading.records
    assert scan == a_scan(segment=name, position=reading.position)
    assert not reading.done, "its owner may still append"


def test_an_answer_waits_for_a_sync_that_covers_it(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.append(a_scan())
    [name] = list_segments(spool.folder)
    covered: list[int] = []
    write = os.pwritev

    def watch(fd: int, data: list[bytes], offset: int, flags: int) -> int:
        written = write(fd, data, offset, flags)
        assert flags == os.RWF_DSYNC, "the call returns when the disk has it"
        covered.append(os.fstat(fd).st_size)
        return written

    monkeypatch.setattr(os, "pwritev", watch)
    for _ in range(20):
        assert spool.append(a_scan()) == "kept"
        assert covered[-1] == (spool.folder / name).stat().st_size


def test_many_threads_share_syncs(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    write = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda *given: (syncs.append(given[0]), write(*given))[1])
    outcomes: list[str] = []

    def work(worker: int) -> None:
        outcomes.extend(spool.append(a_scan(code=code_number(worker * 1000 + n))) for n in range(50))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["kept"] * 1600
    assert sorted(read_all(spool.folder)) == sorted(code_number(w * 1000 + n) for w in range(32) for n in range(50))
    assert len(syncs) < 800, f"{len(syncs)} syncs for 1600 scans"


def test_a_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limits=Limits(segment_bytes=500))
    codes = [code_number(n) for n in range(40)]
    assert {spool.append(a_scan(code=code)) for code in codes} == {"kept"}
    assert len(list_segments(tmp_path)) > 5
    assert sum(is_live(tmp_path, name) for name in list_segments(tmp_path)) == 1
    assert sorted(read_all(tmp_path)) == sorted(codes)
    spool.close()
    assert not any(is_live(tmp_path, name) for name in list_segments(tmp_path))


@pytest.mark.parametrize("durability", ["power", "process"])
def test_closing_keeps_everything(tmp_path: Path, durability: str) -> None:
    spool = Spool(tmp_path, durability)
    assert {spool.append(a_scan()) for _ in range(300)} == {"kept"}
    spool.close()
    assert len(read_all(tmp_path)) == 300
    assert spool.append(a_scan()) == "lost", "after the end there is nobody to write"
    assert spool.status().lost == 1


def test_process_durability_follows_within_the_interval(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "process")
    assert {spool.append(a_scan(code=code_number(n))) for n in range(100)} == {"kept"}
    wait_until(lambda: spool.status().depth == 100)
    [name] = list_segments(tmp_path)
    meter = segments.read_meter(tmp_path, name)
    assert meter and meter.synced == (tmp_path / name).stat().st_size, "all of it is on the disk"
    assert read_all(tmp_path) == [code_number(n) for n in range(100)]
    spool.close()


def test_process_durability_goes_on_over_many_segments(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "process", Limits(segment_bytes=2_000, sync_s=0.005))
    assert {spool.append(a_scan()) for _ in range(500)} == {"kept"}
    spool.close()
    assert len(read_all(tmp_path)) == 500
    assert len(list_segments(tmp_path)) > 3


@pytest.mark.parametrize("tail", [b"s 2026-03-01T12:00", b"\0" * 300, b"\r\r\r", bytes(range(128, 256))])
def test_a_torn_tail_is_skipped_and_counted(spool: Spool, tail: bytes) -> None:
    spool.append(a_scan())
    spool.close()
    [name] = list_segments(spool.folder)
    with (spool.folder / name).open("ab") as file:
        file.write(tail)
    reading = read_segment(spool.folder, name, 0, 10)
    assert (len(reading.records), reading.torn, reading.done) == (1, 1, True)
    status = spool.status()
    assert (status.depth, status.torn, status.missing) == (1, 1, 0)


def test_a_damaged_line_in_the_middle_costs_only_itself_and_shows(spool: Spool) -> None:
    for n in range(5):
        spool.append(a_scan(code=code_number(n)))
    spool.close()
    [name] = list_segments(spool.folder)
    data = bytearray((spool.folder / name).read_bytes())
    data[len(HEADER) + (len(data) - len(HEADER)) // 5 * 2 + 10] ^= 1
    (spool.folder / name).write_bytes(data)
    assert read_all(spool.folder) == [code_number(n) for n in (0, 1, 3, 4)]
    status = spool.status()
    assert (status.served, status.depth, status.missing, status.balanced) == (5, 4, 1, False)


def test_a_file_of_another_kind_is_not_read_as_scans(spool: Spool) -> None:
    (spool.folder / "20260101T000000-1-aa.scans").write_bytes(b"something else\n" * 5)
    reading = read_segment(spool.folder, "20260101T000000-1-aa.scans", 0, 10)
    assert (reading.records, reading.torn, reading.done) == ([], 1, True)


class FailingDisk:
    """Stands before the calls that reach the disk and fails so many of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failures = 0
        for name in ("pwritev", "fdatasync"):
            monkeypatch.setattr(os, name, self.stand_before(getattr(os, name)))

    def stand_before(self, call):
        def maybe(*given: object) -> object:
            if self.failures > 0:
                self.failures -= 1
                raise OSError(5, "Input/output error")
            return call(*given)

        return maybe


@pytest.mark.parametrize("durability", ["power", "process"])
def test_a_failed_sync_is_made_good_in_a_new_segment(tmp_path: Path, monkeypatch, durability: str) -> None:
    """After EIO the kernel may forget what was unwritten, so the same sync must never be asked again."""
    disk = FailingDisk(monkeypatch)
    spool = Spool(tmp_path, durability, Limits(sync_s=0.01))
    spool.append(a_scan(code=code_number(1)))
    wait_until(lambda: spool.status().depth == 1)
    disk.failures = 1
    assert spool.append(a_scan(code=code_number(2))) == "kept"
    wait_until(lambda: len(list_segments(tmp_path)) == 2 and spool.status().depth == 2)
    spool.close()
    assert sorted(read_all(tmp_path)) == sorted([code_number(1), code_number(2)])
    status = spool.status()
    assert (status.served, status.depth, status.lost, status.missing) == (2, 2, 0, 0)


def test_a_dead_disk_costs_scans_but_never_an_answer_and_every_loss_is_counted(spool: Spool, monkeypatch) -> None:
    disk = FailingDisk(monkeypatch)
    spool.append(a_scan(code=code_number(1)))
    disk.failures = 10**9
    assert [spool.append(a_scan()) for _ in range(3)] == ["lost"] * 3
    status = spool.status()
    assert (status.served, status.depth, status.lost, status.missing) == (4, 1, 3, 0)
    disk.failures = 0
    wait_until(lambda: spool.append(a_scan(code=code_number(9))) == "kept")
    assert spool.status().balanced


def test_a_full_disk_loses_what_is_declared_and_goes_on_when_there_is_room(spool: Spool, monkeypatch) -> None:
    spool.append(a_scan(code=code_number(1)))
    write = os.pwritev

    def half_then_full(fd: int, data: list[bytes], offset: int, flags: int) -> int:
        if len(data[0]) > 60:
            return write(fd, [bytes(data[0])[:20]], offset, flags)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwritev", half_then_full)
    assert [spool.append(a_scan()) for _ in range(3)] == ["lost"] * 3
    monkeypatch.setattr(os, "pwritev", write)
    assert spool.append(a_scan(code=code_number(2))) == "kept"
    assert read_all(spool.folder) == [code_number(1), code_number(2)], "no half line is left between them"
    assert len(list_segments(spool.folder)) == 1
    status = spool.status()
    assert (status.served, status.depth, status.lost, status.torn, status.missing) == (5, 2, 3, 0, 0)


def test_a_file_system_without_the_one_call_gets_two(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object) -> int:
        raise OSError(95, "Operation not supported")

    synced: list[int] = []
    sync = os.fdatasync
    monkeypatch.setattr(os, "pwritev", refuse)
    monkeypatch.setattr(os, "fdatasync", lambda fd: (sync(fd), synced.append(fd)))
    assert spool.append(a_scan()) == "kept"
    assert len(synced) == 1
    assert len(read_all(spool.folder)) == 1


def test_losses_before_the_first_segment_are_counted_too(tmp_path: Path, monkeypatch) -> None:
    spool = Spool(tmp_path, limits=Limits(retry_s=0))
    monkeypatch.setattr(segments.os, "open", lambda *_a: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    assert spool.append(a_scan()) == "lost"
    monkeypatch.undo()
    assert spool.status().lost == 1
    assert spool.append(a_scan()) == "kept"
    status = spool.status()
    assert (status.served, status.depth, status.lost) == (2, 1, 1)
    spool.close()


def test_a_hanging_disk_delays_an_answer_by_a_quarter_of_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, limits=Limits(patience_s=0.05))
    spool.append(a_scan())
    go = threading.Event()
    write = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda *given: (go.wait(10), write(*given))[1])
    assert {spool.append(a_scan()) for _ in range(30)} == {"late"}
    go.set()
    wait_until(lambda: spool.status().depth == 31)
    assert spool.status().balanced
    spool.close()


def test_memory_is_bounded_while_the_disk_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, limits=Limits(patience_s=0.01, waiting=10))
    spool.append(a_scan())
    go = threading.Event()
    write = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda *given: (go.wait(10), write(*given))[1])
    outcomes = [spool.append(a_scan()) for _ in range(20)]
    lost = outcomes.count("lost")
    assert lost in (9, 10), "ten wait, and the first may be on its way"
    go.set()
    wait_until(lambda: spool.status().depth == 21 - lost)
    assert spool.status().lost == lost
    spool.close()


def test_a_forked_child_writes_a_segment_of_its_own(spool: Spool) -> None:
    spool.append(a_scan(code=code_number(1)))
    child = os.fork()
    if child == 0:
        os._exit(0 if spool.append(a_scan(code=code_number(2))) == "kept" else 1)
    assert os.waitpid(child, 0)[1] == 0
    spool.append(a_scan(code=code_number(3)))
    assert len(list_segments(spool.folder)) == 2
    assert sorted(read_all(spool.folder)) == sorted(code_number(n) for n in (1, 2, 3))


def wait_until(true, seconds: float = 5.0) -> None:
    for _ in range(int(seconds / 0.01)):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come about")
