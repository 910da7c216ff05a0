"""Sheets that fail their proof on the print page: none is handed out, and what is wrong can be shown, marked."""

from __future__ import annotations

import pytest
import zxingcpp
from flask.testing import FlaskClient

from shelftalk.labels import run
from shelftalk.labels.raster import open_pages
from shelftalk.labels.symbol import make_symbol
from shelftalk.store import Store
from tests.web.shop import add_placement, add_tea
from tests.web.test_labels import ADDRESS, count_runs, filled


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symbols open another address than they are meant to."""
    monkeypatch.setattr(run, "make_symbol", lambda url, level="M": make_symbol(f"{url}?from=elsewhere", level))


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("choices", [{}, {"stock": "single-62x29", "design": "pack"}, {"bleed": "2", "marks": "on"}])
def test_sheets_that_do_not_read_are_had_marked_only(
    marketer: FlaskClient, store: Store, choices: dict[str, str]
) -> None:
    code = add_placement(store, add_tea(store)).code
    asked = filled(code, copies="3", anyway="on", **choices)
    for do in ("preview", "pdf"):
        page = marketer.post(ADDRESS, data=asked | {"do": do})
        assert page.status_code == 422
        assert (
            "Sheet 1, row 1, column 1: the symbol reads “" in page.text
            and f"“http://localhost:8000/q/{code}”" in page.text
        )
        assert 'value="marked"' in page.text
    assert count_runs(store) == 0
    marked = marketer.post(ADDRESS, data=asked | {"do": "marked"})
    assert marked.mimetype == "application/pdf"
    assert marked.headers["Content-Disposition"].startswith('attachment; filename="UNPROVEN-')
    with open_pages(marked.data) as pages:
        assert zxingcpp.read_barcodes(pages.render(0, 200)) == []
    assert count_runs(store) == 0, "the marked sheets are no print"


def test_there_are_no_marked_sheets_of_what_passes(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    assert 'value="marked"' not in marketer.post(ADDRESS, data=filled(code, do="preview")).text
    answer = marketer.post(ADDRESS, data=filled(code, do="marked"))
    assert answer.status_code == 422
    assert "This file reads as it should" in answer.text
    assert f'value="{code}" checked' in answer.text, "what was chosen stays"


def test_other_mistakes_offer_no_marked_sheets(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    assert 'value="marked"' not in marketer.post(ADDRESS, data=filled(code, start="99", do="marked")).text
