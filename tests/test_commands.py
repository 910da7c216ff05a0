"""The commands as scripts use them: exact forms, exit codes, columns."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from shelftalk import clock
from shelftalk.catalog.codes import is_code
from shelftalk.catalog.page import parse_content
from shelftalk.errors import Invalid, Unavailable
from shelftalk.labels.calibration import Measured
from shelftalk.labels.stock import get_stock
from shelftalk.scans.ingest import Ingester
from shelftalk.store import Store, locations, pages, placements, products, scans, users
from shelftalk.store.printers import add_printer
from shelftalk.store.rows import ListQuery
from shelftalk.web import backups
from shelftalk.web.app import create_app
from shelftalk.web.backups import make_backup, restore_backup
from shelftalk.web.scan_path import StoreSink
from shelftalk.web.state import get_state
from tests.store.test_store_contract import (
    AT,
    SpooledScan,
    add_location,
    add_placement,
    add_product,
    make_page,
    publish,
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def code(store: Store, app: Flask) -> str:
    """A published product's code at a shop."""
    with store.write() as db:
        product = add_product(db)
        made = add_placement(db, product, add_location(db)).code
        publish(db, product, en="High Mountain Oolong", fa="چای اولانگ کوهستان")
    get_state(app).refresh_shelf()
    return made


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_add_user_takes_the_password_from_the_environment(run: FlaskCliRunner, app: Flask, store: Store) -> None:
    object.__setattr__(get_state(app).settings, "password", "quiet mountain tea")
    done = run.invoke(args=["add-user", "Mina@Tea.Example", "--role", "marketer"])
    assert done.exit_code == 0, done.output
    with store.read() as db:
        user = users.find_user_by_email(db, "mina@tea.example")
    assert user is not None
    assert user.role == "marketer"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["add-user", "no-address", "--role", "admin"], "“no-address” is not an e-mail address"),
        (["add-user", "a@tea.example", "--role", "king"], "'king' is not one of"),
        (["publish", "nothing-like-it"], "no product “nothing-like-it”"),
        (["labels", "--code", "abc", "--out", "x.pdf"], "abc"),
        (["labels", "--code", "k7m4p29xqd", "--stock", "avery-l9999", "--out", "x.pdf"], "avery-l9999"),
        (["report", "--from", "2026-11-02", "--to", "2026-11-01", "--out", "x.csv"], "before it begins"),
        (["report", "--from", "2026-11-01", "--to", "2026-11-02", "--out", "nowhere/x.csv"], "no folder “nowhere”"),
        (["backup", "nowhere/x.zip"], "no folder"),
    ],
)
def test_a_mistake_is_one_clear_sentence(
    run: FlaskCliRunner, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    object.__setattr__(get_state(app).settings, "password", "quiet mountain tea")
    done = run.invoke(args=args)
    assert done.exit_code != 0
    assert says in done.output
    assert "Traceback" not in done.output
    assert not list(tmp_path.glob("x.*"))


def test_codes_lists_every_code_with_its_address(run: FlaskCliRunner, code: str) -> None:
    rows = read_csv(run.invoke(args=["codes"]).stdout)
    assert rows == [
        {
            "code": code,
            "url": f"http://localhost:8000/q/{code}",
            "product": "High Mountain Oolong",
            "location": "Tehran Tajrish",
            "medium": "shelf_talker",
            "stage": "compare",
            "language": "fa",
            "status": "live",
        }
    ]


def test_publish_takes_what_waits_and_names_what_is_not_ready(run: FlaskCliRunner, store: Store) -> None:
    with store.write() as db:
        ready, empty = add_product(db, "Ready"), add_product(db, "Empty")
        pages.save_page(db, ready.id, 1, make_page(en="Ready"), by="", at=AT)
        broken = add_product(db, "Broken")
        raw = {"blocks": [{"id": "b1", "type": "hero"}, {"id": "b2", "type": "faq"}]}
        texts = {"en": {"b1": {"title": "Broken"}, "b2": {"heading": "Only a heading"}}}
        pages.save_page(db, broken.id, 1, parse_content(raw | {"texts": texts}), by="", at=AT)
    done = run.invoke(args=["publish"])
    assert done.exit_code == 0
    assert "Published 1 of 2" in done.output
    assert f"Left out: Broken, 1 to mend, listed at http://localhost:8000/admin/products/{broken.id}/page/check" in (
        done.output
    )
    again = run.invoke(args=["publish"])
    assert "Published 0 of 1" in again.output
    refused = run.invoke(args=["publish", str(empty.id)])
    assert refused.exit_code == 1
    assert "No language has a headline yet" in refused.output


def test_labels_are_what_a_decoder_reads(run: FlaskCliRunner, code: str, tmp_path: Path) -> None:
    out = tmp_path / "labels.pdf"
    done = run.invoke(
        args=["labels", "--code", code, "--stock", "avery-l7160", "--start", "2", "--copies", "3", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    with pypdfium2.PdfDocument(out) as pdf:
        found = zxingcpp.read_barcodes(pdf[0].render(scale=300 / 72).to_pil())
    assert [barcode.text for barcode in found] == [f"http://localhost:8000/q/{code}"] * 3


@pytest.mark.parametrize("between", [[], ["--code"]], ids=["after one option", "each after its own"])
def test_several_codes_are_printed_in_the_order_given(
    run: FlaskCliRunner, store: Store, code: str, between: list[str], tmp_path: Path
) -> None:
    with store.write() as db:
        other = add_placement(db, products.get_product(db, 1), add_location(db, code="SECOND")).code
    out = tmp_path / "labels.pdf"
    done = run.invoke(args=["labels", "--code", other, *between, code, "--out", str(out)])
    assert done.exit_code == 0, done.output
    with pypdfium2.PdfDocument(out) as pdf:
        found = zxingcpp.read_barcodes(pdf[0].render(scale=300 / 72).to_pil())
    order = [barcode.text[-10:] for barcode in sorted(found, key=lambda barcode: barcode.position.top_left.x)]
    assert order == [other, code]


def test_labels_are_printed_with_a_design_from_the_command_line(run: FlaskCliRunner, code: str, tmp_path: Path) -> None:
    out = tmp_path / "poster.pdf"
    done = run.invoke(
        args=["labels", "--code", code, "--stock", "page-105x148", "--design", "poster-a6", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "labels 1, sheets 1, each read back" in done.output
    wrong = run.invoke(args=["labels", "--code", code, "--design", "poster-a4", "--out", str(out)])
    assert wrong.exit_code == 1 and "146.5 mm too wide for these labels" in wrong.output
    unknown = run.invoke(args=["labels", "--code", code, "--design", "banner", "--out", str(out)])
    assert unknown.exit_code == 1 and "There is no design “banner”" in unknown.output


def test_an_impossible_start_says_how_many_labels_there_are(run: FlaskCliRunner, code: str, tmp_path: Path) -> None:
    done = run.invoke(args=["labels", "--code", code, "--start", "22", "--out", str(tmp_path / "x.pdf")])
    assert done.exit_code == 1
    assert "22" in done.output
    assert "21" in done.output
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("what", ["labels", "print-job"])
def test_labels_lie_as_the_options_say_with_the_mistakes_of_the_screen(
    run: FlaskCliRunner, store: Store, app: Flask, code: str, tmp_path: Path, what: str
) -> None:
    out = tmp_path / "labels.pdf"
    args = [what, "--code", code, *(["--out", str(out)] if what == "labels" else [])]
    mistakes = {
        ("--skip", "4-x"): "“4-x” is no label’s number. Write the used-up labels like this: 2, 5, 7–9.",
        ("--skip", "22"): "Label 22 does not exist on Avery L7160: it has 21. Choose 1 to 21.",
        ("--bleed", "40"): "“40” is not a measure from 0 to 10.0 mm.",
        ("--printer", "Back office"): "No printer has been measured. Print its calibration page first.",
    }
    for option, sentence in mistakes.items():
        refused = run.invoke(args=[*args, *option])
        assert refused.exit_code == 1 and sentence in refused.output
    with store.write() as db:
        add_printer(
            db, name="Back office", ruler_x_mm=100, ruler_y_mm=100, left_mm=12, top_mm=8, dpi=600, by="", at=clock.now()
        )
    unknown = run.invoke(args=[*args, "--printer", "Front"])
    assert unknown.exit_code == 1 and "There is no printer “Front”. Choose one of: Back office." in unknown.output
    plain, laid = [], ["--skip", "1, 3-5", "--printer", "back office"]
    places = []
    for options in (plain, laid):
        done = run.invoke(args=[*args, *options])
        assert done.exit_code == 0, done.output
        file = out if what == "labels" else newest_run(app)
        with pypdfium2.PdfDocument(file) as pdf:
            (found,) = zxingcpp.read_barcodes(pdf[0].render(scale=300 / 72).to_pil())
        places.append((found.position.top_left.x * 25.4 / 300, found.position.top_left.y * 25.4 / 300))
    (x, y), (moved_x, moved_y) = places
    pitch = get_stock("avery-l7160").pitch_x_mm
    offset = Measured(100, 100, 12, 8).offset
    assert (moved_x - x, moved_y - y) == pytest.approx((pitch + offset.x_mm, offset.y_mm), abs=0.1)


def newest_run(app: Flask) -> Path:
    """The file printed last."""
    return max((Path(app.instance_path) / "runs").rglob("*.pdf"), key=lambda path: path.stat().st_mtime_ns)


def test_a_scan_at_the_door_is_one_row_of_the_report(
    app: Flask, run: FlaskCliRunner, code: str, tmp_path: Path
) -> None:
    answer = app.test_client().get(
        f"/q/{code}", headers={"Accept-Language": "fa", "User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"}
    )
    assert answer.status_code == 200
    assert "چای اولانگ کوهستان" in answer.text
    assert "1 scan moved" in run.invoke(args=["ingest"]).output
    assert "0 scans" in run.invoke(args=["ingest"]).output
    out = tmp_path / "report.csv"
    done = run.invoke(args=["report", "--from", "2026-01-01", "--to", "2036-01-01", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert read_csv(out.read_text()) == [
        {
            "product": "High Mountain Oolong",
            "location": "Tehran Tajrish",
            "scans": "1",
            "people_low": "1",
            "people_high": "1",
        }
    ]


def test_a_backup_brings_everything_back(
    app: Flask, run: FlaskCliRunner, store: Store, code: str, tmp_path: Path
) -> None:
    with store.write() as db:
        scans.add_scans(db, [SpooledScan(code)] * 5, "UTC")
    file = tmp_path / "shelftalk.zip"
    assert run.invoke(args=["backup", str(file)]).exit_code == 0
    with store.write() as db:
        product = products.list_products(db, ListQuery()).rows[0]
        products.retire_product(db, product.id, at=AT)
        locations.add_location(db, name="Later", code="L", gln="", address="", timezone="UTC", at=AT)
    get_state(app).refresh_shelf()
    assert app.test_client().get(f"/q/{code}").status_code == 410
    done = run.invoke(args=["restore", str(file)])
    assert done.exit_code == 0, done.output
    assert "1 scan moved" in run.invoke(args=["ingest"]).output
    with store.read() as db:
        assert locations.list_locations(db, ListQuery()).total == 1
        assert scans.count_scans(db) == 6  # the visit above was in the spool: restoring does not lose it
    assert app.test_client().get(f"/q/{code}").status_code == 200


def test_a_torn_backup_changes_nothing(run: FlaskCliRunner, store: Store, code: str, tmp_path: Path) -> None:
    file = tmp_path / "shelftalk.zip"
    run.invoke(args=["backup", str(file)])
    file.write_bytes(file.read_bytes()[:-200])
    done = run.invoke(args=["restore", str(file)])
    assert done.exit_code == 1
    assert "not a whole backup" in done.output
    with store.read() as db:
        assert placements.find_placement_by_code(db, code) is not None


def test_a_backup_damaged_anywhere_changes_nothing_and_says_so(app: Flask, store: Store, tmp_path: Path) -> None:
    whole, damaged = tmp_path / "whole.zip", tmp_path / "damaged.zip"
    make_backup(get_state(app), whole)
    good = whole.read_bytes()
    refused = 0
    for place in range(0, len(good), len(good) // 60):
        damaged.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            restore_backup(get_state(app), damaged)  # a byte nobody needs, such as a time, may be wrong
        except Invalid as error:
            refused += "not a whole backup" in str(error)
    assert refused > 50
    with store.read() as db:
        assert users.count_users(db) == 0


def test_only_its_owner_may_read_a_backup(run: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "shelftalk.zip"
    assert run.invoke(args=["backup", str(file)]).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0


def test_no_scans_are_moved_while_a_backup_is_restored(app: Flask, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    parts, file = get_state(app), tmp_path / "shelftalk.zip"
    make_backup(parts, file)

    def read_meanwhile(*_args: object) -> int:
        with pytest.raises(Unavailable, match="Another process"):
            Ingester(parts.spool, StoreSink(parts.store, "UTC")).ingest_once(wait_s=0)
        return 0

    monkeypatch.setattr(backups, "read_backup", read_meanwhile)
    assert restore_backup(parts, file) == 0
    assert parts.ingester.ingest_once(wait_s=0) == 0


def test_the_sample_comes_and_goes(app: Flask, run: FlaskCliRunner, store: Store, admin) -> None:  # type: ignore[no-untyped-def]
    done = run.invoke(args=["demo"])
    assert "6 products, 8 locations" in done.output
    rows = read_csv(run.invoke(args=["codes"]).stdout)
    assert len(rows) >= 30
    assert all(is_code(row["code"]) for row in rows)
    live = next(row["code"] for row in rows if row["status"] == "live")
    assert app.test_client().get(f"/q/{live}").status_code == 200
    again = run.invoke(args=["demo"])
    assert again.exit_code == 1
    assert "loaded already" in again.output
    assert admin.post("/admin/sample/remove").status_code == 303
    with store.read() as db:
        assert products.list_products(db, ListQuery()).total == 0
    assert app.test_client().get(f"/q/{live}").status_code == 404


def test_the_application_starts_and_serves_without_its_store(app: Flask, code: str, settings) -> None:  # type: ignore[no-untyped-def]
    settings.database_path.write_bytes(b"this is no database any more" * 400)
    for suffix in ("-wal", "-shm"):
        settings.database_path.with_name(settings.database_path.name + suffix).unlink(missing_ok=True)
    get_state(app).store.close()
    reborn = create_app(ROOT, settings, background=False)
    assert reborn.test_client().get(f"/q/{code}", headers={"Accept-Language": "fa"}).status_code == 200
    assert reborn.test_client().get("/healthz").status_code == 200


def test_scans_set_aside_are_tried_again_when_their_code_is_back(
    app: Flask, run: FlaskCliRunner, code: str, store: Store, admin: FlaskClient
) -> None:
    app.test_client().get(f"/q/{code}", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"})
    with store.write() as db:
        place = db.value("find_code", code=code)
        db.connection.execute("delete from codes where code = ?", (code,))
    run.invoke(args=["ingest"])
    assert "flask ingest --retry-set-aside" in admin.get("/admin/status").text
    done = run.invoke(args=["ingest", "--retry-set-aside"])
    assert "1 scans that were set aside are tried again" in done.output
    assert "1 are set aside again: the store does not know their codes" in done.output
    with store.write() as db:
        db.connection.execute("insert into codes values (?, ?, '2026-01-01')", (code, place))
    assert "set aside again" not in run.invoke(args=["ingest", "--retry-set-aside"]).output
    page = admin.get("/admin/status").text
    assert "--retry-set-aside" not in page and "It adds up" in page
    with store.read() as db:
        assert scans.count_scans(db) == 1
