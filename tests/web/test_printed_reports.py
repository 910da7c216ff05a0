"""Scans per 1,000 printed, as the report shows them and as a file, with the definition beside them."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.store import Store, rollups, run_events
from shelftalk.web.printed_reports import COLUMNS
from tests.web.shop import add_location, add_placement, add_tea
from tests.web.test_run_ledger import print_labels


def count(store: Store, placement: Placement, scans: int) -> None:
    """So many scans by people today."""
    today = clock.today().isoformat()
    day = ("day", "scan_class", "scans", "first_scans")
    place = (placement.product_id, placement.location_id or 0)
    with store.write() as db:
        row = (today, "person", scans, scans)
        db.engine.copy(db.connection, "rollup_placement_days", ("placement_id", *day), [(placement.id, *row)])
        cell = ("product_id", "location_id", *day)
        db.engine.copy(db.connection, "rollup_product_location_days", cell, [(*place, *row)])
        assert rollups.find_counted_days(db)


@pytest.fixture
def poster(marketer: FlaskClient, store: Store) -> Placement:
    """60 labels of a poster, ten of them spoiled, 26 scans; and a card at the till with five labels."""
    tea = add_tea(store)
    poster, card = add_placement(store, tea, add_location(store)), add_placement(store, tea, medium="till_card")
    run = print_labels(marketer, store, [poster.code], copies="60")
    print_labels(marketer, store, [card.code], copies="5")
    with store.write() as db:
        run_events.add_event(db, run.id, "spoiled", by="Mei", at=clock.now(), quantity=10, text="wet")
    count(store, poster, 26)
    count(store, card, 40)
    return poster


def test_the_report_tells_what_labels_brought_and_how_it_is_counted(staff: FlaskClient, poster: Placement) -> None:
    page = unescape(staff.get("/admin/reports/").text).partition('id="printed"')[2]
    rows = re.findall(
        r'<th scope="row">(.*?)</th><td class="number">(.*?)</td><td class="number">(.*?)</td>(.*?)</tr>', page
    )
    figures = {
        re.sub("<[^>]*>", "", name): (labels, scans, re.sub("<[^>]*>", "", rate)) for name, labels, scans, rate in rows
    }
    assert figures["Shelf talker"] == ("50", "26", "520")
    assert figures["Card at the till"] == ("5", "40", "–")
    assert figures["Taipei Xinyi"] == ("50", "26", "520")
    assert "With fewer than 50 labels no figure is given" in page
    behind = unescape(staff.get(f"/admin/reports/placements?product={poster.product_id}").text)
    assert '<td class="number wide-only">520</td>' in behind
    assert 'aria-label="too few printed"' in behind
    assert "Spoiled labels are taken off" in behind


def test_the_file_has_every_placement_with_its_numbers(staff: FlaskClient, poster: Placement) -> None:
    answer = staff.get("/admin/reports/printed.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    first = next(row for row in rows if row["code"] == poster.code)
    assert [first[name] for name in COLUMNS[-3:]] == ["50", "26", "520"]
    assert (first["medium"], first["location"]) == ("shelf_talker", "Taipei Xinyi")
    other = next(row for row in rows if row["code"] != poster.code)
    assert [other[name] for name in COLUMNS[-3:]] == ["5", "40", ""]
    assert other["location"] == "Anywhere"


def test_nothing_printed_is_said(staff: FlaskClient, store: Store) -> None:
    count(store, add_placement(store, add_tea(store)), 3)
    page = staff.get("/admin/reports/").text
    assert "Nothing of this was printed by the end of the period." in page
