"""A big print from placements to proven files, as the background process makes it: killed once, scanned meanwhile.

`LABELS=all` prints 100,000; otherwise 15,000, which are three files. `BENCH_NICE=0` gives it as much of the processor
as others get, on machines where others leave nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "faults"), str(ROOT / "tests" / "scans")]

from bench_labels import scan_for_a_while  # noqa: E402
from fault_support import fill_large_shelf, measure_p99, serve  # noqa: E402

from shelftalk import clock  # noqa: E402
from shelftalk.config import make_environ  # noqa: E402
from shelftalk.labels.stock import get_stock  # noqa: E402
from shelftalk.store import placements  # noqa: E402
from shelftalk.store import runs as run_store  # noqa: E402
from shelftalk.web.background import NICENESS  # noqa: E402
from shelftalk.web.print_jobs import PrintJob, add_job, read_job  # noqa: E402
from shelftalk.web.run_files import parse_items  # noqa: E402
from shelftalk.web.state import State, get_state  # noqa: E402
from tests.web.shop import add_tea  # noqa: E402

COUNT = 100_000 if os.environ.get("LABELS") == "all" else 15_000
EARLY = 20_000 if COUNT > 20_000 else 5_000  # labels after which memory must not grow
NICE = os.environ.get("BENCH_NICE", str(NICENESS))
ROUNDS = 3
WORKER = """
import sys, pathlib
sys.path.insert(0, sys.argv[1] + "/packaging")
from shelftalk.web import print_jobs
from shelftalk.web.app import create_app
from shelftalk.web.state import get_state
app = create_app(pathlib.Path(sys.argv[1]), background=False)
with app.app_context():
    print_jobs.work(get_state(app))
"""


@dataclass
class Watch:
    """What was seen of the processes at work: memory by labels done, and the processor time of those that ended."""

    memory: list[tuple[int, float]] = field(default_factory=list)
    cpu: float = 0.0

    def find_peak(self, labels: int) -> float:
        """Megabytes at most until so many labels were done."""
        return max(size for done, size in self.memory if done <= labels)


def fill(here: State) -> list[str]:
    """So many placements of one product, each with its code."""
    tea = add_tea(here.store)
    with here.store.write() as db:
        return [
            placements.add_placement(
                db, product_id=tea.id, medium="pack", location_id=None, stage="compare", language="en",
                call_to_action="", note="", installed_on=None, removed_on=None, at=clock.now(),
            ).code
            for _ in range(COUNT)
        ]  # fmt: skip


def start(here: State) -> subprocess.Popen[bytes]:
    command = ["nice", "-n", NICE, sys.executable, "-c", WORKER, str(here.settings.root)]
    return subprocess.Popen(command, env=make_environ(here.settings))


def is_over(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; what it took stays to be asked for by `end`."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def look(here: State, process: subprocess.Popen[bytes], watch: Watch) -> PrintJob:
    """How far it is, with what it takes at the moment."""
    job, _told = read_job(here)
    assert job is not None and not job.fault, job
    if not is_over(process):
        watch.memory.append((job.printed, psutil.Process(process.pid).memory_info().rss / 1e6))
    return job


def follow(here: State, process: subprocess.Popen[bytes], watch: Watch, parts: int) -> PrintJob:
    """Until so many files are made or the process has ended."""
    while len((job := look(here, process, watch)).runs) < parts and not is_over(process):
        time.sleep(0.5)
    return job


def end(process: subprocess.Popen[bytes], watch: Watch) -> None:
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    watch.cpu += used.ru_utime + used.ru_stime


def count_codes(here: State, job: PrintJob) -> list[str]:
    with here.store.read() as db:
        return [item.code for number in job.runs for item in parse_items(run_store.get_run(db, number))]


def test_a_big_print_in_the_background_killed_once(app: Flask, tmp_path: Path) -> None:
    here = get_state(app)
    codes = fill(here)
    add_job(here, codes, get_stock("avery-l7160"), start=1, copies=1, by="Mei")
    fill_large_shelf(tmp_path / "shelf.sqlite")
    watch, times = Watch(), {"alone": [], "printing": []}  # type: dict[str, list[float]]
    began = time.monotonic()
    first = start(here)
    try:
        job = follow(here, first, watch, 1)
        first.send_signal(signal.SIGKILL)
        end(first, watch)
        second = start(here)
    finally:
        if first.returncode is None:
            first.kill()
    try:
        with serve(tmp_path) as server:
            scan_for_a_while(server.port)
            for _ in range(ROUNDS):
                for kind, order in (("alone", signal.SIGSTOP), ("printing", signal.SIGCONT)):
                    second.send_signal(order)
                    times[kind] += scan_for_a_while(server.port)
        scanned = time.monotonic()
        job = follow(here, second, watch, len(job.parts))
        end(second, watch)
    finally:
        if second.returncode is None:
            second.kill()
    assert job.complete
    printed = count_codes(here, job)
    assert len(printed) == len(set(printed)) == COUNT and set(printed) == set(codes), "each label once, in spite of all"
    early, late = watch.find_peak(EARLY), watch.find_peak(COUNT)
    alone, printing = (measure_p99(times[kind]) * 1e3 for kind in ("alone", "printing"))
    print(f"\n{COUNT:,} labels to {len(job.runs)} proven files, nice {NICE}, killed once after the first file:")
    print(
        f"  {watch.cpu:.0f} s of CPU, {time.monotonic() - began:.0f} s ({time.monotonic() - scanned:.0f} s after scans)"
    )
    print(f"  memory {early:.0f} MB at most until {EARLY:,} labels, {late:.0f} MB until the end")
    print(f"  p99 of scans {alone:.1f} ms alone, {printing:.1f} ms meanwhile: {printing / alone:.2f} times (target 2)")
    assert late < 1.25 * early + 20
