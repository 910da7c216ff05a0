"""A code for every unit of a placement: codes for a print shop, and what was scanned of them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk.catalog.units import MOST_UNITS
from shelftalk.errors import Invalid, NotFound
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store import units as unit_store
from shelftalk.store.units import APART, OFTEN, Series, UnitFigures, UnitRange
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.label_items import CodeReader
from shelftalk.web.lists import read_list_query
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.unit_csv import write_unusual
from shelftalk.web.unit_ranges import Given, find_given, give_out, units
from shelftalk.web.unit_xlsx import MOST_ROWS

bp = Blueprint("units", __name__, url_prefix="/admin/units")
FIELDS = ("units",)
SHOWN = 50  # ranges on the page


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=("product",), filters=("product",))
    product_id = query.number("product")
    with state().store.read() as db:
        product = product_store.get_product(db, product_id) if product_id else None
        listing = unit_store.list_placements(db, query, product_id)
        figures = {row.placement_id: unit_store.count_units(db, placement_id=row.placement_id) for row in listing.rows}
        total = unit_store.count_units(db, product_id=product_id)
    return render_template(
        "units/index.html", query=query, listing=listing, units_of=figures, total=total, product=product
    )


@bp.get("/<int:placement_id>")
@requires("staff")
def show(placement_id: int) -> ResponseReturnValue:
    return _render(placement_id, fresh_form(units="1000"))


def _render(placement_id: int, form: Form) -> ResponseReturnValue:
    with state().store.read() as db:
        item = CodeReader(db).read(placement_store.get_placement(db, placement_id))
        figures = unit_store.count_units(db, placement_id=placement_id)
        ranges = unit_store.list_ranges(db, placement_id=placement_id, limit=SHOWN)
        unusual = unit_store.list_unusual(db, placement_id)
    page = render_template(
        "units/show.html",
        item=item,
        form=form,
        figures=figures,
        ranges=ranges,
        unusual=unusual,
        shown=SHOWN,
        most=MOST_UNITS,
        most_rows=MOST_ROWS,
        given=request.args.get("given", type=int),
    )
    return page, 200 if form.valid else 422


@bp.post("/<int:placement_id>")
@requires("marketer")
def make(placement_id: int) -> ResponseReturnValue:
    form = read_form(*FIELDS)
    count = form.whole("units", 1, MOST_UNITS, 1)
    with once(form) as earlier:
        if earlier:
            return earlier
        if form.valid:
            with form.catch():
                given = give_out(_find_code(placement_id), count, by=get_actor().name)
                return form.done(url_for("units.show", placement_id=placement_id, given=given.range.id))
    return _render(placement_id, form)


def _find_code(placement_id: int) -> str:
    with state().store.read() as db:
        return placement_store.get_placement(db, placement_id).code


@bp.get("/<int:placement_id>/codes-<int:range_id>.csv")
@requires("marketer")
def codes(placement_id: int, range_id: int) -> ResponseReturnValue:
    """The codes of one range, made again as they were."""
    given = _find_given(placement_id, range_id)
    answer = _send(given.write_csv(), f"{given.name}.csv")
    answer.content_length = given.measure_csv()
    return answer


@bp.get("/<int:placement_id>/codes-<int:range_id>.xlsx")
@requires("marketer")
def workbook(placement_id: int, range_id: int) -> ResponseReturnValue:
    """The same as a workbook, as long as nobody waits long for it."""
    given = _find_given(placement_id, range_id)
    if given.range.units > MOST_ROWS:
        raise Invalid(
            "units",
            "{value} rows take too long to make a workbook of: at most {allowed}. Take the CSV.",
            value=given.range.units,
            allowed=MOST_ROWS,
        )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _send(given.write_xlsx(), f"{given.name}.xlsx", kind)


def _find_given(placement_id: int, range_id: int) -> Given:
    given = find_given(range_id)
    if given.range.placement_id != placement_id:
        raise NotFound("These codes belong to another placement.")
    return given


@bp.get("/<int:placement_id>/unusual.csv")
@requires("marketer")
def unusual(placement_id: int) -> ResponseReturnValue:
    """The units that may be copies."""
    code, series = _read_series(placement_id)
    found = unit_store.each_unusual(state().store, placement_id)
    return _send(write_unusual(code, found, series.key), f"unusual-{code}.csv")


def _read_series(placement_id: int) -> tuple[str, Series]:
    with state().store.read() as db:
        code = placement_store.get_placement(db, placement_id).code
        series = unit_store.find_series(db, placement_id)
    if series is None:
        raise NotFound("This placement has no codes for units yet.")
    return code, series


def _send(pieces: Iterator[bytes], name: str, kind: str = "text/csv") -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pieces, mimetype=kind, headers=headers)


def find_figures(*, placement_id: int = 0, product_id: int = 0, run_id: int = 0) -> UnitFigures | None:
    """For templates: the units of a placement, product or run in numbers; None when there are none."""
    with state().store.read() as db:
        figures = unit_store.count_units(db, placement_id=placement_id, product_id=product_id, run_id=run_id)
    return figures if figures.printed else None


def count_given(*, placement_id: int = 0, product_id: int = 0) -> int:
    """For templates that say no more than how many there are."""
    with state().store.read() as db:
        return unit_store.count_given(db, placement_id=placement_id, product_id=product_id)


def list_run_ranges(run_id: int) -> list[UnitRange]:
    """For templates: the numbers a run printed."""
    with state().store.read() as db:
        return unit_store.list_ranges(db, run_id=run_id, limit=SHOWN)


def init(app: Flask) -> None:
    """Give the templates of runs, placements, products and reports their units, and the application the command."""
    app.jinja_env.globals |= {
        "find_unit_figures": find_figures,
        "count_given_units": count_given,
        "list_run_ranges": list_run_ranges,
        "UNIT_OFTEN": OFTEN,
        "UNIT_APART": APART,
    }
    app.cli.add_command(units)
