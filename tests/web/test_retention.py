"""Old rows are deleted, proven and shown; erasing asks first and takes rows and counts."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.scans.record import Scan
from shelftalk.store import Store, notes, retention, rollups, scans
from shelftalk.web.health import read_health
from shelftalk.web.retention import NOTE, Retainer, read_retained, retain
from shelftalk.web.state import get_state
from tests.store.test_store_contract import SpooledScan
from tests.web.shop import add_placement, add_tea

NOW = clock.now()
TODAY = clock.today()


@pytest.fixture
def placement(store: Store) -> Placement:
    """A placement with a scan a day of the last 500 days."""
    made = add_placement(store, add_tea(store))
    with store.write() as db:
        scans.add_scans(db, [SpooledScan(made.code, NOW - timedelta(days=n)) for n in range(500)], "UTC")
    return made


def count_in_reports(store: Store) -> int:
    with store.read() as db:
        return sum(cell.scans for cell in rollups.list_cells(db, clock.days_before(TODAY, 600), TODAY))


@pytest.mark.usefixtures("placement")
def test_it_deletes_proves_and_tells(app: Flask, store: Store, staff: FlaskClient) -> None:
    health = read_health(get_state(app))
    assert health.keeps_too_long, "rows are too old and it never ran"
    assert not health.good
    assert "flask retain" in staff.get("/admin/status").text
    done = retain(store, 396)
    assert (done.removed, done.proven, done.oldest) == (103, True, clock.days_before(TODAY, 396))
    assert count_in_reports(store) == 500
    assert not read_health(get_state(app)).keeps_too_long
    page = staff.get("/admin/status").text
    assert "103 rows" in page
    assert "Proven" in page
    assert "396 days" in page


@pytest.mark.parametrize(
    ("note", "good"),
    [
        ({"hours": 1}, True),
        ({"hours": 47}, True),
        ({"hours": 49}, False),
        ({"hours": 1, "proven": False}, False),
    ],
)
def test_health_is_red_when_it_failed_or_has_not_run_for_two_days(
    app: Flask, store: Store, note: dict[str, int], good: bool
) -> None:
    at = clock.format_at(NOW - timedelta(hours=note["hours"]))
    text = {"at": at, "removed": 0, "before": "2026-01-01", "oldest": "", "proven": note.get("proven", True)}
    with store.write() as db:
        notes.set_note(db, NOTE, json.dumps(text))
    assert read_health(get_state(app)).good is good


@pytest.mark.usefixtures("placement")
def test_a_run_that_leaves_rows_behind_does_not_call_itself_proven(
    app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "drop_old_scans", lambda _store, _before: 0)
    assert not retain(store, 396).proven
    assert not read_health(get_state(app)).good
    done = app.test_cli_runner().invoke(args=["retain"])
    assert done.exit_code == 1
    assert "still there" in done.output


@pytest.mark.usefixtures("placement")
def test_it_runs_once_a_day_whoever_asks(store: Store) -> None:
    assert Retainer(store, 396).run_when_due()
    assert not Retainer(store, 396).run_when_due()
    with store.write() as db:
        old = read_retained(db)
        assert old
        text = json.loads(notes.find_note(db, NOTE)) | {"at": clock.format_at(old.at - timedelta(hours=21))}
        notes.set_note(db, NOTE, json.dumps(text))
    assert Retainer(store, 396).run_when_due()


@pytest.mark.usefixtures("placement")
def test_it_runs_in_the_background(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shelftalk.web.retention.FIRST_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=Retainer(store, 396).run_forever, args=(stop,))
    thread.start()
    for _ in range(500):
        with store.read() as db:
            if read_retained(db):
                break
        stop.wait(0.02)
    stop.set()
    thread.join()
    with store.read() as db:
        assert scans.count_scans(db) == 397


@pytest.mark.usefixtures("placement")
def test_the_command_says_what_went(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["retain"])
    assert done.exit_code == 0
    assert done.output.startswith("103 rows older than")


def test_erasing_drains_the_spool_and_asks_first(app: Flask, placement: Placement, store: Store) -> None:
    get_state(app).spool.append(Scan(clock.now(), placement.code, "en", "phone", "person", 1, True))
    day = str(TODAY)
    args = ["erase", "--code", placement.code.upper(), "--from", day, "--to", day]
    asked = app.test_cli_runner().invoke(args=args, input="n\n")
    assert asked.exit_code == 1
    assert "2 scans of" in asked.output
    assert count_in_reports(store) == 501
    done = app.test_cli_runner().invoke(args=[*args, "--yes"])
    assert (done.exit_code, done.output) == (0, "2 scans erased.\n")
    assert count_in_reports(store) == 499
    wrong = app.test_cli_runner().invoke(args=["erase", "--code", "k7m4p29xqd", "--from", day, "--to", day, "--yes"])
    assert wrong.exit_code == 1
    assert "No placement has the code" in wrong.output


def test_an_administrator_erases_in_two_steps(placement: Placement, store: Store, admin: FlaskClient) -> None:
    address = f"/admin/placements/{placement.id}/erase"
    assert address in admin.get(f"/admin/placements/{placement.id}").text
    days = {"from": str(clock.days_before(TODAY, 9)), "to": str(clock.days_before(TODAY, 5))}
    counted = admin.post(address, data=days)
    assert counted.status_code == 200
    assert "5 scans from" in counted.text
    assert count_in_reports(store) == 500
    done = admin.post(address, data=days | {"sure": "yes", "form_key": "k1"}, follow_redirects=True)
    assert "5 scans erased" in done.text
    again = admin.post(address, data=days | {"sure": "yes", "form_key": "k1"})
    assert again.status_code == 303, "posted twice, done once"
    assert count_in_reports(store) == 495
    with store.read() as db:
        [note] = retention.list_erasures(db)
    assert (note.by, note.scans) == ("Ada", 5)
    assert "5 scans" in admin.get("/admin/status").text


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"from": "2026-02-30", "to": "2026-03-01"}, "is not a day"),
        ({"from": "", "to": "2026-03-01"}, "This is empty"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "before it begins"),
    ],
)
def test_wrong_days_are_said_and_nothing_goes(
    placement: Placement, store: Store, admin: FlaskClient, days: dict[str, str], says: str
) -> None:
    answer = admin.post(f"/admin/placements/{placement.id}/erase", data=days | {"sure": "yes"})
    assert answer.status_code == 422
    assert says in answer.text
    assert count_in_reports(store) == 500


def test_only_administrators_may_erase(placement: Placement, marketer: FlaskClient) -> None:
    assert marketer.get(f"/admin/placements/{placement.id}/erase").status_code == 403
    assert "Erase scans" not in marketer.get(f"/admin/placements/{placement.id}").text


@pytest.mark.parametrize(("language", "days"), [("en", "396 days"), ("zh-Hant", "396"), ("ru", "396"), ("fa", "۳۹۶")])
def test_the_privacy_notice_says_how_long_rows_are_kept(client: FlaskClient, language: str, days: str) -> None:
    page = client.get(f"/privacy?lang={language}").text
    assert days in page
    if language != "en":
        assert "deleted after" not in page
