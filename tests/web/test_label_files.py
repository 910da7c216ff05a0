"""Files of a run's labels and of one label: from what was printed, proven, kept; and sent to allowed printers only."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.config import LabelPrinter, Settings
from shelftalk.labels import thermal
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.symbol import Symbol
from shelftalk.labels.zpl_reader import read_zpl
from shelftalk.store import Store, run_events
from shelftalk.store import printers as printer_store
from shelftalk.store import runs as run_store
from shelftalk.store.runs import PrintRun
from shelftalk.web import label_files, label_orders, label_printers, run_files
from shelftalk.web.label_printers import Delivery, send_labels
from shelftalk.web.state import get_state
from tests.web.shop import add_placement, add_tea, print_two_labels


@pytest.fixture
def run(marketer: FlaskClient, store: Store) -> PrintRun:
    return print_two_labels(marketer, store)


def list_codes(run: PrintRun) -> list[str]:
    return [item.code for item in run_files.parse_items(run)]


def read(image: Image.Image) -> list[str]:
    return [symbol.text for symbol in zxingcpp.read_barcodes(image.convert("L"))]


def list_urls(run: PrintRun) -> list[list[str]]:
    return [[f"http://localhost:8000/q/{code}"] for code in list_codes(run)]


# ---- files of a run ----


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_run_can_be_had_for_every_print_head(marketer: FlaskClient, run: PrintRun, dpi: int) -> None:
    answer = marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi={dpi}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="labels-{run.id}-{dpi}dpi.zpl"'
    labels = read_zpl(answer.data)
    assert [read(label.image) for label in labels] == list_urls(run)
    assert [label.copies for label in labels] == [3, 3]


def test_a_run_can_be_had_as_pictures(marketer: FlaskClient, run: PrintRun) -> None:
    answer = marketer.get(f"/admin/runs/{run.id}/labels.file?kind=png&dpi=150")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        pictures = [Image.open(archive.open(name)) for name in archive.namelist()]
        assert [read(picture) for picture in pictures] == list_urls(run)
    assert [round(picture.info["dpi"][0]) for picture in pictures] == [150, 150]
    answer = marketer.get(f"/admin/runs/{run.id}/labels.file?kind=svg")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert [read(render_svg(archive.read(name), 300)) for name in archive.namelist()] == list_urls(run)


def test_a_file_is_kept_with_its_fingerprint_and_proof_and_comes_again_the_same(
    marketer: FlaskClient, settings: Settings, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203"
    first = marketer.get(address).data
    folder = settings.instance / "runs" / f"{run.id}-files"
    (record,) = folder.glob("*.json")
    kept = json.loads(record.read_text())
    assert kept["sha256"] == hashlib.sha256(first).hexdigest()
    assert kept["proof"] == {"kind": "zpl", "dpi": 203, "labels": 2, "dots": 6.0, "quiet": 4, "contrast": 1.0}
    with monkeypatch.context() as patch:
        patch.setattr(label_orders, "make_zpl_file", None)  # nothing is made anew
        assert marketer.get(address).data == first
    path = record.with_suffix("")
    path.write_bytes(first[:100])
    assert marketer.get(address).data == first, "damaged, it is made again the same"
    assert path.read_bytes() == first


def test_what_would_come_out_different_is_refused(
    marketer: FlaskClient, settings: Settings, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203"
    marketer.get(address)
    for path in (settings.instance / "runs" / f"{run.id}-files").glob("*.zpl"):
        path.unlink()
    items = [replace(item, name="Another tea") for item in run_files.parse_items(run)]
    monkeypatch.setattr(label_orders, "parse_items", lambda _run: items)
    answer = marketer.get(address)
    assert answer.status_code == 409
    assert "would not be the same" in answer.text


def test_a_run_never_gets_the_files_of_an_earlier_one_that_had_its_number(
    marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    """SQLite gives a number out again after a backup was restored that does not have it."""
    addresses = [f"/admin/runs/{run.id}/labels.file?kind={kind}" for kind in ("zpl&dpi=203", "png&dpi=300", "svg")]
    before = [marketer.get(address).data for address in addresses]
    with store.write() as db, run_store.open_ledger(db):
        for table in ("run_codes", "print_runs"):
            db.engine.execute(db.connection, f"delete from {table}", {})
    data = {"code": list_codes(run)[1], "stock": "single-57x32", "start": "1", "copies": "1", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 303
    with store.read() as db:
        assert list_codes(run_store.get_run(db, run.id)) == list_codes(run)[1:], "the same number, another label"
    after = [marketer.get(address).data for address in addresses]
    assert not any(one == other for one, other in zip(before, after, strict=True))
    assert [read(label.image) for label in read_zpl(after[0])] == list_urls(run)[1:]


def test_the_files_of_a_run_that_is_gone_are_taken_away(
    marketer: FlaskClient, settings: Settings, run: PrintRun
) -> None:
    marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203")
    folder = settings.instance / "runs"
    assert len(list(folder.iterdir())) == 2
    run_files.drop_run_files(folder, run.id)
    assert not list(folder.iterdir())


def test_words_changed_since_do_not_change_the_files(marketer: FlaskClient, run: PrintRun) -> None:
    data = {"product": "1", "location": "0", "medium": "shelf_talker", "stage": "compare", "language": "en"}
    data |= {"call_to_action": "Read me today", "note": "", "revision": "1"}
    assert marketer.post("/admin/placements/1/edit", data=data).status_code == 303
    before = read_zpl(marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=300").data)[0]
    data = {"code": list_codes(run)[0], "stock": "single-57x32", "start": "1", "copies": "1", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 303
    today = read_zpl(marketer.get(f"/admin/runs/{run.id + 1}/labels.file?kind=zpl&dpi=300").data)[0]
    assert before.image.tobytes() != today.image.tobytes()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("kind=zpl&dpi=150", "no print head with 150 dots an inch here. Choose one of: 203, 300, 600"),
        ("kind=png&dpi=71", "A picture of 71 dots an inch is not possible. Choose 72 to 1,200"),
        ("kind=png&dpi=72", "too small for 72 dots an inch"),
        ("kind=png&dpi=fine", "“fine” must be a whole number"),
        ("kind=exe", "“exe” cannot be chosen here"),
        ("kind=zpl&dpi=203&packing=rar", "“rar” cannot be chosen here"),
        ("kind=zpl&dpi=203&part=2", "There is no part 2"),
        ("kind=zpl&dpi=203&printer=99", "“99” cannot be chosen here"),
    ],
)
def test_what_cannot_be_made_says_why_and_leads_back(
    marketer: FlaskClient, run: PrintRun, query: str, says: str
) -> None:
    answer = marketer.get(f"/admin/runs/{run.id}/labels.file?{query}")
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="/admin/runs/{run.id}"' in answer.text
    assert "unproven.pdf" not in answer.text


def test_a_run_of_many_different_labels_comes_in_parts(
    marketer: FlaskClient, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (label_orders, label_files):
        monkeypatch.setattr(module, "PART", 1)
    assert "1–1 of 2" in marketer.get(f"/admin/runs/{run.id}").text
    parts = [marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203&part={part}") for part in (1, 2)]
    assert [read(read_zpl(part.data)[0].image) for part in parts] == list_urls(run)
    assert parts[1].headers["Content-Disposition"].endswith(f'labels-{run.id}-2-203dpi.zpl"')


def test_a_calibrated_printers_correction_is_applied_in_dots(
    marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    with store.write() as db:
        printer_store.add_printer(
            db,
            name="Zebra",
            ruler_x_mm=100,
            ruler_y_mm=100,
            left_mm=19.0,
            top_mm=20.0,
            dpi=203,
            by="",
            at=clock.now(),
        )
    assert "Zebra" in marketer.get(f"/admin/runs/{run.id}").text
    plain = read_zpl(marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203").data)[0]
    answer = marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203&printer=1")
    assert answer.mimetype == "application/zpl", answer.text
    moved = read_zpl(answer.data)[0]
    (x, y, _), (moved_x, moved_y, _) = plain.fields[0], moved.fields[0]
    assert (moved_x - x, moved_y - y) == (8, 0), "one millimetre is eight dots"


def test_staff_see_no_files(run: PrintRun, staff: FlaskClient) -> None:
    assert "labels.file" not in staff.get(f"/admin/runs/{run.id}").text
    assert staff.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203").status_code == 403


# ---- what fails its proof ----


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symbols are drawn with more wrong modules than any level mends."""
    draw = thermal.draw_symbol

    def draw_wrong(image: Image.Image, symbol: Symbol, spot: thermal.Spot) -> None:
        draw(image, replace(symbol, bits=symbol.bits ^ int("9" * 150, 16) << 120), spot)

    monkeypatch.setattr(thermal, "draw_symbol", draw_wrong)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("query", ["kind=zpl&dpi=203", "kind=png&dpi=300"])
def test_what_fails_its_proof_is_offered_marked_only(
    marketer: FlaskClient, settings: Settings, run: PrintRun, query: str
) -> None:
    answer = marketer.get(f"/admin/runs/{run.id}/labels.file?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "cannot be read" in answer.text
    assert list_codes(run)[0] in answer.text
    address = answer.text.partition(f'href="/admin/runs/{run.id}/unproven.pdf?')[2].partition('"')[0]
    marked = marketer.get(f"/admin/runs/{run.id}/unproven.pdf?{address.replace('&amp;', '&')}")
    assert marked.mimetype == "application/pdf"
    assert marked.headers["Content-Disposition"] == f'attachment; filename="UNPROVEN-{run.id}.pdf"'
    with open_pages(marked.data) as pages:
        picture = pages.render(0, 200, grey=False)
    assert read(picture) == []
    assert not (settings.instance / "runs" / f"{run.id}-files").exists(), "nothing unproven is kept"


def test_there_is_no_marked_file_of_what_passes(marketer: FlaskClient, run: PrintRun) -> None:
    answer = marketer.get(f"/admin/runs/{run.id}/unproven.pdf?kind=zpl&dpi=203")
    assert answer.status_code == 404
    assert "reads as it should" in answer.text


@pytest.mark.usefixtures("broken")
def test_nothing_unproven_reaches_a_printer(app: Flask, marketer: FlaskClient, run: PrintRun) -> None:
    with listen() as (port, taken):
        allow(app, port)
        answer = marketer.post(f"/admin/runs/{run.id}/send", data={"to": "Back office"})
    assert answer.status_code == 422
    assert "unproven.pdf" in answer.text
    assert not taken


# ---- one placement's label ----


def test_one_label_of_a_placement_is_shown_and_had_in_every_kind(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), language="fa").code
    page = marketer.get("/admin/placements/1/label?stock=single-57x32")
    assert page.status_code == 200
    assert "data:image/png;base64," in page.text
    url = f"http://localhost:8000/q/{code}"
    zpl = marketer.get("/admin/placements/1/label.file?stock=single-57x32&design=&kind=zpl&dpi=203&copies=7")
    (label,) = read_zpl(zpl.data)
    assert (read(label.image), label.copies) == ([url], 7)
    png = marketer.get("/admin/placements/1/label.file?stock=single-57x32&design=&kind=png&dpi=600&copies=1")
    assert png.headers["Content-Disposition"] == f'attachment; filename="label-{code}-600dpi.png"'
    assert read(Image.open(io.BytesIO(png.data))) == [url]
    svg = marketer.get("/admin/placements/1/label.file?stock=single-57x32&design=&kind=svg&dpi=300")
    assert read(render_svg(svg.data, 300)) == [url]
    designed = marketer.get("/admin/placements/1/label.file?stock=single-62x29&design=pack&kind=zpl&dpi=203")
    assert read(read_zpl(designed.data)[0].image) == [url]


def test_one_label_has_the_style_and_the_level_that_were_chosen(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    chosen = "stock=single-62x29&style=forest&level=Q"
    page = marketer.get(f"/admin/placements/1/label?{chosen}").text
    assert '<option value="forest" selected>' in page and '<option value="Q" selected>' in page
    assert '<input type="hidden" name="style" value="forest">' in page
    for design in ("", "pack"):
        png = marketer.get(f"/admin/placements/1/label.file?{chosen}&design={design}&kind=png&dpi=600").data
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        (found,) = zxingcpp.read_barcodes(picture)
        assert (found.text, found.ec_level) == (f"http://localhost:8000/q/{code}", "Q")
        assert (20, 83, 45) in {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert marketer.get("/admin/placements/1/label.file?style=nothing&kind=png&dpi=300").status_code == 422


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("stock=nowhere", "“nowhere” is not a label stock we know"),
        ("stock=single-57x32&design=poster-a4", "too wide for these labels"),
        ("stock=page-20x10", "too small"),
        ("style=nothing", "“nothing”"),
        ("level=X", "“X” cannot be chosen here"),
    ],
)
def test_a_label_that_cannot_be_made_says_why(marketer: FlaskClient, store: Store, query: str, says: str) -> None:
    add_placement(store, add_tea(store))
    page = marketer.get(f"/admin/placements/1/label?{query}")
    assert page.status_code == 422
    assert says in page.text
    answer = marketer.get(f"/admin/placements/1/label.file?{query}&kind=zpl&dpi=203")
    assert answer.status_code == 422
    assert says in answer.text


def test_copies_of_one_label_are_counted(marketer: FlaskClient, store: Store) -> None:
    add_placement(store, add_tea(store))
    answer = marketer.get("/admin/placements/1/label.file?stock=single-57x32&kind=zpl&dpi=203&copies=1001")
    assert answer.status_code == 422
    assert "1001 copies cannot be printed. Choose 1 to 1,000" in answer.text


def test_a_retired_code_has_no_new_label(marketer: FlaskClient, store: Store) -> None:
    add_placement(store, add_tea(store))
    assert marketer.post("/admin/placements/1/retire").status_code == 303
    assert marketer.get("/admin/placements/1/label.file?stock=single-57x32&kind=zpl&dpi=203").status_code == 422


# ---- sending ----


@contextmanager
def listen(take: int = 10**9, *, reset: bool = False) -> Iterator[tuple[int, bytearray]]:
    """A printer on this machine: reads `take` bytes and hangs up; with `reset` it tears the line down."""
    taken = bytearray()
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    stopped = threading.Event()

    def serve() -> None:
        line, last = None, False
        while line is None and not last:
            last = stopped.is_set()  # who called before is still let in
            with suppress(TimeoutError):
                line, _ = server.accept()
        if line is None:
            return
        line.settimeout(10)
        with line:
            while len(taken) < take and (piece := line.recv(min(4096, take - len(taken)))):
                taken.extend(piece)
            if reset:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1], taken
    finally:
        stopped.set()
        thread.join(10)
        server.close()


def allow(app: Flask, port: int, dpi: int = 203) -> None:
    """Allow the printer on this port."""
    state = get_state(app)
    state.settings = replace(state.settings, label_printers=(LabelPrinter("Back office", "127.0.0.1", port, dpi),))


def find_closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def list_sent(store: Store, run: PrintRun) -> list[run_events.RunEvent]:
    with store.read() as db:
        return [event for event in run_events.list_events(db, run.id) if event.kind == run_events.SENT]


def test_labels_go_to_the_printer_once_and_it_is_written_down(
    app: Flask, marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    with listen() as (port, taken):
        allow(app, port)
        page = marketer.get(f"/admin/runs/{run.id}").text
        assert "Back office, 203 dots an inch" in page
        assert str(port) not in page, "where it is, is nobody's business"
        data = {"to": "Back office", "form_key": "only-once"}
        answer = marketer.post(f"/admin/runs/{run.id}/send", data=data)
        assert answer.status_code == 303
        again = marketer.post(f"/admin/runs/{run.id}/send", data=data)
        assert again.location == answer.location
    assert bytes(taken) == marketer.get(f"/admin/runs/{run.id}/labels.file?kind=zpl&dpi=203").data
    assert [read(label.image) for label in read_zpl(bytes(taken))] == list_urls(run)
    (event,) = list_sent(store, run)
    assert (event.by, event.quantity, event.text) == ("Mei", 6, "Back office took 6 labels.")
    assert "Back office took 6 labels." in marketer.get(f"/admin/runs/{run.id}").text


def test_a_printer_that_does_not_answer_got_nothing(
    app: Flask, marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    allow(app, find_closed_port())
    answer = marketer.post(f"/admin/runs/{run.id}/send", data={"to": "Back office"}, follow_redirects=True)
    assert "Back office does not answer: nothing was sent." in answer.text
    assert list_sent(store, run) == []


def test_a_printer_that_breaks_off_is_told_with_how_much_it_took(
    app: Flask, marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    with listen(500, reset=True) as (port, _taken):
        allow(app, port)
        answer = marketer.post(f"/admin/runs/{run.id}/send", data={"to": "Back office"}, follow_redirects=True)
    assert "Back office broke off: it took" in answer.text
    assert "Look at the printer before you send again." in answer.text
    (event,) = list_sent(store, run)
    assert "broke off" in event.text


@pytest.mark.parametrize("to", ["", "Front desk", "127.0.0.1:9100", "Back office=10.0.0.1:9100:203"])
def test_no_address_comes_from_a_request(app: Flask, marketer: FlaskClient, run: PrintRun, to: str) -> None:
    with listen() as (port, taken):
        allow(app, port)
        data = {"to": to, "host": "127.0.0.1", "port": str(port)}
        answer = marketer.post(f"/admin/runs/{run.id}/send", data=data)
    assert answer.status_code == 422
    assert "is no printer that labels may be sent to. Choose one of: Back office" in answer.text
    assert not taken


def test_without_allowed_printers_nothing_is_offered(marketer: FlaskClient, run: PrintRun) -> None:
    page = marketer.get(f"/admin/runs/{run.id}").text
    assert "SHELFTALK_LABEL_PRINTERS" in page
    assert f"/admin/runs/{run.id}/send" not in page
    assert marketer.post(f"/admin/runs/{run.id}/send", data={"to": "Back office"}).status_code == 422


CONTENT = b"^XA^XZ\n" * 100_000


def deliver(port: int, stall_s: float = 5.0, content: bytes = CONTENT) -> Delivery:
    return send_labels(LabelPrinter("P", "127.0.0.1", port, 203), content, connect_s=1, stall_s=stall_s)


def test_all_bytes_arrive_in_their_order() -> None:
    with listen() as (port, taken):
        delivery = deliver(port)
    assert delivery.complete
    assert bytes(taken) == CONTENT


def test_a_printer_that_hangs_up_at_the_end_took_everything() -> None:
    with listen(len(CONTENT)) as (port, taken):
        assert deliver(port).complete
    assert bytes(taken) == CONTENT


@pytest.mark.parametrize("reset", [False, True], ids=["hangs up", "tears down"])
def test_a_printer_that_stops_in_the_middle_did_not_take_all(reset: bool) -> None:
    with listen(100_000, reset=reset) as (port, taken):
        delivery = deliver(port)
    assert delivery.reached
    assert not delivery.complete
    assert len(taken) == 100_000
    assert delivery.taken < len(CONTENT)


def test_a_printer_that_takes_no_more_is_given_up() -> None:
    """Out of paper, lid open: the line stands and nothing moves."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        delivery = deliver(server.getsockname()[1], stall_s=0.3, content=CONTENT * 12)
    assert delivery.reached
    assert not delivery.complete


def test_a_name_that_leads_nowhere_is_no_answer() -> None:
    printer = LabelPrinter("P", "printer.invalid", 9100, 203)
    assert not label_printers.send_labels(printer, b"^XA^XZ", connect_s=1).reached
