"""Disks that are full, failing, slow or losing their power, made for real where the machine allows it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

import pytest
from fault_support import (
    SEED,
    Shoppers,
    how_many,
    list_doubled,
    list_lost,
    measure_p99,
    serve,
    shopping,
    take_over,
    wait_for_answers,
)
from scan_support import SqliteSink, a_scan, code_number

from shelftalk.scans.ingest import Ingester
from shelftalk.scans.spool import Limits, Spool

pytestmark = pytest.mark.faults
EXT4_SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN, _IOR('X', 125, __u32)
WITHOUT_FLUSH = ctypes.c_uint32(2)
ROOT = Path(__file__).resolve().parents[2]
PAGES = how_many("PAGES", 150, 20_000)
CUTS = how_many("CUTS", 2, 100)


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")


def test_a_full_disk_costs_declared_scans_and_no_page(tmp_path: Path) -> None:
    needs_root()
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=128k", "tmpfs") as disk:
        filler = disk / "filler"
        spool = Spool(disk / "spool")
        kept = [code_number(0)]
        assert spool.append(a_scan(code=kept[0])) == "kept"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 1024)
        outcomes = []
        for number in range(1, PAGES):
            outcomes.append(spool.append(a_scan(code=code_number(number))))
            if outcomes[-1] == "kept":
                kept.append(code_number(number))
        assert outcomes[-1] == "lost"
        filler.unlink()
        assert spool.append(a_scan(code=code_number(PAGES))) == "kept"
        spool.close()
        sink = SqliteSink(tmp_path / "store.sqlite")
        Ingester(spool, sink).ingest_once()
        stored = sink.list_codes()
        assert list_lost([*kept, code_number(PAGES)], stored) == []
        late = outcomes.count("late")  # on a busy machine; kept or declared lost since
        assert len(stored) <= len(kept) + 1 + late
        status = spool.status()
        assert (status.served, status.stored + status.lost, status.missing) == (PAGES + 1, PAGES + 1, 0)
        assert outcomes.count("lost") <= status.lost <= outcomes.count("lost") + late
        print(f"{PAGES} scans on a full disk, {status.lost} declared lost, 0 missing")


def test_a_disk_gone_read_only_costs_declared_scans_and_no_page(tmp_path: Path, large_shelf: Path) -> None:
    needs_root()
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64m", "tmpfs") as disk:
        for part in large_shelf.parent.iterdir():
            (disk / part.name).write_bytes(part.read_bytes())
        shoppers, later = Shoppers(), Shoppers()
        with serve(disk) as server:
            with shopping(server.port, shoppers, threads=2, limit=100):
                wait_for_answers(shoppers, 100)
            server.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with serve(disk) as server:
            with shopping(server.port, later, threads=4, limit=PAGES):
                wait_for_answers(later, PAGES, seconds=20 + PAGES / 50)
            server.kill_group()
        assert (shoppers.failed, later.failed) == (0, 0), "every shopper gets the page"
        assert later.notes["lost"] == PAGES, "and is told the truth"
        print(f"{PAGES} pages, p99 {measure_p99(later.times) * 1000:.0f} ms, all declared lost")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        stored, _spool = take_over(disk)
        assert sorted(stored) == sorted(shoppers.answered)


def test_a_file_that_may_not_grow_is_followed_by_another(tmp_path: Path) -> None:
    """EFBIG stops one file, not the disk: no scan need be lost."""
    program = f"""
import resource, sys
from pathlib import Path
sys.path[:0] = [{str(ROOT / "packaging")!r}, {str(ROOT / "tests" / "scans")!r}]
from scan_support import a_scan, code_number
from shelftalk.scans.spool import Spool
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
spool = Spool(Path({str(tmp_path / "spool")!r}))
print([spool.append(a_scan(code=code_number(n))) for n in range(100)].count("kept"))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "100", done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 2000
    stored, spool = take_over(tmp_path)
    assert sorted(stored) == sorted(code_number(n) for n in range(100))
    assert spool.status().balanced


@pytest.mark.parametrize(
    ("fault", "counted"),
    [
        ("error=EIO:when=5+7", "kept"),  # some syncs fail: those scans are written anew
        ("error=EIO:when=5+", "lost"),  # all fail from the fifth on: declared
        ("delay_enter=300000", "late"),  # 300 ms each: nobody waits that long
    ],
)
def test_a_failing_or_slow_disk_costs_no_page(folder: Path, fault: str, counted: str) -> None:
    if not shutil.which("strace"):
        pytest.skip("needs strace")
    wrapper = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwritev2", "-e", f"inject=pwritev2:{fault}")
    shoppers = Shoppers()
    with serve(folder, wrapper=wrapper) as server:
        with shopping(server.port, shoppers, threads=4, limit=PAGES):
            wait_for_answers(shoppers, PAGES, seconds=40 + PAGES / 20)
        subprocess.run(["sleep", "0.7"], check=True)  # the last slow sync
        server.kill_group()
    assert shoppers.failed == 0, "every shopper gets the page"
    # One answer may be late for a busy machine's sake; half of them are not.
    assert median(shoppers.times) < 0.35
    assert measure_p99(shoppers.times) < 2
    stored, spool = take_over(folder)
    status = spool.status()
    assert list_lost(shoppers.answered, stored) == []
    assert list_doubled(shoppers.asked, stored) == []
    assert (status.served, status.missing) == (PAGES, 0), status
    if counted == "kept":
        assert status.lost == 0
    elif counted == "lost":
        assert status.lost >= PAGES * 0.6
    else:
        assert shoppers.notes["late"] > PAGES / 4
        assert (status.lost, len(stored)) == (0, PAGES)
    print(f"{PAGES} pages, p99 {measure_p99(shoppers.times) * 1000:.0f} ms, {status.lost} declared lost, 0 missing")


def cut_power(disk: Path) -> None:
    """As if the plug were pulled: whatever the disk was not asked to keep is gone."""
    fd = os.open(disk, os.O_RDONLY)
    fcntl.ioctl(fd, EXT4_SHUTDOWN, WITHOUT_FLUSH)
    os.close(fd)


def scan_until(spool: Spool, cut: threading.Event, first: int) -> list[str]:
    """Codes a server that lost its power had answered before."""
    kept = []
    for number in range(first, first + 1_000):
        if spool.append(a_scan(code=code_number(number))) != "kept":
            break
        if cut.is_set():
            break  # the answer may have come after the cut
        kept.append(code_number(number))
    return kept


@pytest.mark.parametrize("honest", [True, False])
def test_a_power_cut_in_mid_load_takes_no_answered_scan_unless_the_disk_was_never_asked(
    tmp_path: Path, honest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_root()
    image = tmp_path / "disk.img"
    image.write_bytes(b"\0" * (24 << 20))
    if not shutil.which("mkfs.ext4") or subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=False).returncode:
        pytest.skip("needs mkfs.ext4")
    if not honest:
        monkeypatch.setattr(os, "RWF_DSYNC", 0)  # the negative control: written, but never brought to the disk
    chance, sink = random.Random(SEED), SqliteSink(tmp_path / "store.sqlite")
    kept: list[str] = []
    cuts = CUTS if honest else 2
    for number in range(cuts):
        with mounted(tmp_path / "disk", "-o", "loop", str(image)) as disk, ThreadPoolExecutor(4) as threads:
            spool, cut = Spool(disk / "spool", limits=Limits(segment_bytes=40_000)), threading.Event()
            first = number * 4_000
            going = [threads.submit(scan_until, spool, cut, first + 1_000 * n) for n in range(4)]
            time.sleep(chance.uniform(0.05, 0.6))
            cut.set()
            cut_power(disk)
            kept += [code for one in going for code in one.result()]
            spool.close()
        with mounted(tmp_path / "disk", "-o", "loop", str(image)) as disk:
            after = Spool(disk / "spool")
            Ingester(after, sink).ingest_once()
            after.close()
    stored = sink.list_codes()
    lost = list_lost(kept, stored)
    print(f"seed {SEED}: {cuts} power cuts, {len(kept)} answered before them, {len(lost)} lost")
    assert len(kept) >= 10 * cuts
    assert (lost == []) is honest
    assert len(stored) == len(set(stored)), "none is stored twice"
