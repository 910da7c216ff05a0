"""The door against the same server's constant page, in one run: figures are ratios, so machines can be compared."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "scans"), str(ROOT / "tests" / "faults")]

from fault_support import find_port  # noqa: E402
from scan_support import LANGUAGES, SqliteSink, a_scan, code_number  # noqa: E402

from scripts.serve import SERVER  # noqa: E402
from shelftalk.catalog.units import KEY_BYTES, format_unit  # noqa: E402
from shelftalk.scans.ingest import Ingester  # noqa: E402
from shelftalk.scans.reader import ShelfReader  # noqa: E402
from shelftalk.scans.shelf import Content, RenderedPage, ShelfWriter, Target  # noqa: E402
from shelftalk.scans.spool import Limits, Spool  # noqa: E402

KINDS = ("constant", "constant-asgi", "bare", "process", "power", "power-wsgi", "usual")
CONNECTIONS = (2, 32)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
SECONDS = 2
CODES, PRODUCTS = 20_000, 2_000
KEY = bytes(KEY_BYTES)
SCRIPT = """
local codes, n = {}, 0
for code in io.lines(os.getenv("BENCH_FOLDER") .. os.getenv("BENCH_CODES")) do codes[#codes + 1] = code end
request = function()
  n = n % #codes + 1
  return wrk.format("GET", "/q/" .. codes[n], {
    ["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148",
    ["Accept-Language"] = "fa-IR,fa;q=0.9,en;q=0.5", ["Accept-Encoding"] = "gzip, br" })
end
"""


@dataclass(frozen=True)
class Figure:
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench")
    words = " ".join(f"word{n}" for n in range(4_000)).encode()
    pages = [
        RenderedPage(f"product:{n}", tag, b"%d %b" % (n, words[:18_000])) for n in range(PRODUCTS) for tag in LANGUAGES
    ]
    targets = [Target(code_number(n), "page", n % PRODUCTS, n, "x") for n in range(CODES)]
    began = time.perf_counter()
    ShelfWriter(made / "shelf.sqlite").rebuild(Content(targets, pages))
    print(f"\nshelf: {len(pages)} pages and {CODES} codes put in {time.perf_counter() - began:.1f} s")
    (made / "page.br").write_bytes(ShelfReader(made / "shelf.sqlite").find_page("product:7", "fa").br)
    (made / "codes.txt").write_text("\n".join(code_number(n) for n in range(CODES)))
    (made / "units.txt").write_text("\n".join(format_unit(code_number(n), n + 1, KEY) for n in range(CODES)))
    (made / "codes.lua").write_text(SCRIPT)
    return made


def measure(folder: Path, kind: str, connections: int, workers: int = 1, codes: str = "codes") -> Figure:
    port = find_port()
    environ = os.environ | {"BENCH_FOLDER": str(folder), "BENCH_KIND": kind, "BENCH_CODES": f"/{codes}.txt"}
    wsgi = kind in ("constant", "bare", "power-wsgi", "usual")
    options = [*SERVER, "--blocking-threads", "32"] if wsgi else list(SERVER)
    options[options.index("asginl")] = "wsgi" if wsgi else "asginl"
    options += ["--port", str(port), "--workers", str(workers), "door_app:app"]
    server = subprocess.Popen([sys.executable, "-m", "granian", *options], cwd=Path(__file__).parent, env=environ)
    process = psutil.Process(server.pid)
    try:
        wait_for(port)
        run = ["wrk", "-t1", f"-c{connections}", "--latency", "-s", str(folder / "codes.lua")]
        url = f"http://127.0.0.1:{port}"
        subprocess.run([*run, "-d1s", url], env=environ, capture_output=True, check=True)
        began = read_cpu(process)
        out = subprocess.run(
            [*run, f"-d{SECONDS}s", url], env=environ, capture_output=True, text=True, check=True
        ).stdout
        spent = read_cpu(process) - began
    finally:
        server.terminate()
        server.wait(60)
    assert not re.search(r"\s0 requests in", out), out
    assert "Non-2xx" not in out, out
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    count = int(re.search(r"(\d+) requests in", out)[1])
    return Figure(rate, read_ms(out, "50"), read_ms(out, "99"), spent / count * 1e6)


def read_cpu(process: psutil.Process) -> float:
    """Seconds of processor time of a server with its workers: it hardly changes with what else the machine does."""
    times = [one.cpu_times() for one in [process, *process.children(recursive=True)]]
    return sum(one.user + one.system for one in times)


def read_ms(out: str, share: str) -> float:
    value, unit = re.search(rf"\s{share}%\s+([\d.]+)(us|ms|s)", out).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wait_for(port: int) -> None:
    """Until the application answers: the port is open long before it is loaded."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/q/up")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("the server did not come up")


@pytest.mark.parametrize("workers", [1, 2])
def test_the_door_beside_the_constant_page(folder: Path, workers: int) -> None:
    if not shutil.which("wrk"):
        pytest.skip("needs wrk")
    print(f"\n{workers} worker(s)    connections      rate   of constant   p50 ms   p99 ms   CPU µs")
    for connections in CONNECTIONS:
        rounds = [{kind: measure(folder, kind, connections, workers) for kind in KINDS} for _ in range(ROUNDS)]
        if connections > 2:  # two scans share no sync: there both ways wait for the disk
            gains = [round_["usual"].cpu_us / round_["power"].cpu_us for round_ in rounds]
            assert statistics.median(gains) > 1.5, "what all the work is for"
        for kind in KINDS:
            ratio = statistics.median(figures[kind].rate / figures["constant"].rate for figures in rounds)
            best = max((figures[kind] for figures in rounds), key=lambda figure: figure.rate)
            times = f"{best.p50_ms:>8.2f} {best.p99_ms:>8.2f} {min(figures[kind].cpu_us for figures in rounds):>8.0f}"
            print(f"{kind:>12} {connections:>14} {best.rate:>9,.0f} {ratio:>13.2f} {times}")


def test_codes_of_units_beside_plain_ones(folder: Path) -> None:
    if not shutil.which("wrk"):
        pytest.skip("needs wrk")
    rounds = [
        {codes: measure(folder, "process", 32, codes=codes) for codes in ("codes", "units")} for _ in range(ROUNDS)
    ]
    ratios = [round_["units"].cpu_us / round_["codes"].cpu_us for round_ in rounds]
    print(f"\nprocess, 1 worker, 32 connections: units take {statistics.median(ratios):.2f} of the CPU of plain codes")
    for codes in ("codes", "units"):
        best = max((figures[codes] for figures in rounds), key=lambda figure: figure.rate)
        cpu = min(figures[codes].cpu_us for figures in rounds)
        print(f"{codes:>12} {best.rate:>9,.0f}/s {best.p50_ms:>8.2f} {best.p99_ms:>8.2f} {cpu:>8.0f} CPU µs")
    assert statistics.median(ratios) < 1.5, "a code that is not in the shelf as it is may not cost a second search"


def test_moving_scans_out_of_the_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", "process", Limits(segment_bytes=4 << 20))
    for number in range(100_000):
        spool.append(a_scan(code=code_number(number % 1_000)))
    spool.close()
    began = time.perf_counter()
    count = Ingester(spool, SqliteSink(tmp_path / "store.sqlite")).ingest_once()
    assert count == 100_000
    print(f"\nread and handed over: {count / (time.perf_counter() - began):,.0f} scans/s (store without rollups)")
