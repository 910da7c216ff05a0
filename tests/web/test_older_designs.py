"""Runs printed with an earlier version of a ready-made design: the same file again, today's design for a new print."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock
from shelftalk.store import Store
from shelftalk.web.design_library import find_design
from shelftalk.web.label_items import make_label_items
from shelftalk.web.run_files import add_print_run, get_pdf_path
from shelftalk.web.state import get_state
from tests.web.shop import add_placement, add_tea


def test_a_run_of_an_earlier_version_is_made_again_bit_for_bit(
    app: Flask, marketer: FlaskClient, settings: Settings, store: Store
) -> None:
    code, stock, origin = add_placement(store, add_tea(store)).code, get_stock("single-100x60"), "https://tea.example"
    with store.read() as db:
        items = make_label_items(db, [code], origin, get_state(app).translator)
        earlier, newest = find_design(db, "shelf-talker", 1), find_design(db, "shelf-talker")
    assert (earlier.version, newest.version) == (1, 2)
    sheets = make_labels(items, stock, design=earlier.design)
    choices = {"origin": origin, "start": 1, "copies": 1, "by": "Mina", "at": clock.now(), "design": earlier}
    run = add_print_run(store, settings.instance / "runs", sheets, items, stock, **choices)  # type: ignore[arg-type]
    get_pdf_path(settings.instance / "runs", run.id).unlink()
    assert marketer.get(f"/admin/runs/{run.id}/labels.pdf").data == sheets.pdf
    assert sheets.pdf != make_labels(items, stock, design=newest.design).pdf
    page = marketer.get("/admin/designs/shelf-talker", query_string={"version": "1"})
    assert page.status_code == 200, "the run leads to the design as it was"
