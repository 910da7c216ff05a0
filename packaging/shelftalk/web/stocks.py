"""Label stock of one's own: measured in millimetres beside a picture that follows, copied, retired."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Conflict, Invalid
from shelftalk.labels.calibration import parse_measure
from shelftalk.labels.own_stock import COUNTS, MEASURES, SHAPES, list_faults, make_own_stock, take_measures
from shelftalk.labels.stock import Stock, search_stocks
from shelftalk.labels.stock import list_stocks as list_known_stocks
from shelftalk.store import stocks as stock_store
from shelftalk.store.stocks import StoredStock
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock, name_own, outline_cells
from shelftalk.web.texts import _

bp = Blueprint("stocks", __name__, url_prefix="/admin/stocks")
FIELDS = ("name", "shape", *COUNTS, *MEASURES, "after", "do")
RANGES = {
    "page_width_mm": (15.0, 1500.0),
    "page_height_mm": (15.0, 1500.0),
    "label_width_mm": (1.0, 1500.0),
    "label_height_mm": (1.0, 1500.0),
    "left_mm": (0.0, 1500.0),
    "top_mm": (0.0, 1500.0),
    "pitch_x_mm": (0.0, 1500.0),
    "pitch_y_mm": (0.0, 1500.0),
    "corner_mm": (0.0, 750.0),
}
START = "avery-l7160"


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    search = request.args.get("q", "")[:100]
    with state().store.read() as db:
        stored = stock_store.list_stocks(db)
    return render_template(
        "stocks/index.html",
        search=search,
        own=[(one, name_own(one)) for one in stored if one.retired_at is None],
        retired=[one for one in stored if one.retired_at],
        known=search_stocks(search, list_known_stocks()),
    )


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    with state().store.read() as db:
        like = find_stock(db, request.args.get("like", START))
    name = _("Copy of {name}", name=like.title) if "like" in request.args else ""
    return _render(_open_form(name, take_measures(like)))


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    with once(form) as earlier:
        if earlier:
            return earlier
        name, measures = _read(form)
        if form.get("do") != "show" and form.valid:
            with form.catch():
                with state().store.write() as db:
                    stock_store.add_stock(db, name, measures, by=get_actor().name, at=clock.now())
                flash(_("“{name}” is added. It can be chosen where labels are printed.", name=name), "success")
                return form.done(url_for("stocks.index"))
        return _render(form)


@bp.get("/<int:stock_id>")
@requires("staff")
def edit(stock_id: int) -> ResponseReturnValue:
    stored = _get(stock_id)
    return _render(_open_form(stored.name, stored.measures, stored.version), stored)


@bp.post("/<int:stock_id>")
@requires("marketer")
def save(stock_id: int) -> ResponseReturnValue:
    stored = _get(stock_id)
    form = read_form(*FIELDS)
    name, measures = _read(form)
    after = form.whole("after", 1, 10**6, 1)
    if form.get("do") == "show" or not form.valid:
        return _render(form, stored)
    try:
        with state().store.write() as db:
            stock_store.add_version(db, stock_id, name, measures, after=after, by=get_actor().name, at=clock.now())
    except Conflict as error:
        form.fail(error)
        form.values["after"] = str(_get(stock_id).version)
        return _render(form, _get(stock_id))[0], 409
    except Invalid as error:
        form.fail(error)
        return _render(form, stored)
    flash(_("Saved. Runs printed before keep the measures they were printed with."), "success")
    return form.done(url_for("stocks.index"))


@bp.post("/<int:stock_id>/retire")
@requires("marketer")
def retire(stock_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        stock_store.retire_stock(db, stock_id, clock.now())
    flash(_("Retired: it is offered no longer. Runs keep its measures."), "success")
    return redirect(url_for("stocks.index"), 303)


@bp.post("/<int:stock_id>/restore")
@requires("marketer")
def restore(stock_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        stock_store.retire_stock(db, stock_id, None)
    return redirect(url_for("stocks.index"), 303)


@bp.post("/picture")
@requires("marketer")
def picture() -> ResponseReturnValue:
    """The sheet as the fields say it now, with what is wrong."""
    form = read_form(*FIELDS)
    _read(form, named=False)
    return render_template("stocks/_picture.html", form=form, stock=_draw(form))


def _get(stock_id: int) -> StoredStock:
    with state().store.read() as db:
        return stock_store.get_stock(db, stock_id)


def _open_form(name: str, measures: dict[str, Any], after: int = 0) -> Form:
    values = {field: f"{measures[field]:g}" for field in (*MEASURES, *COUNTS)}
    return fresh_form(name=name, shape=measures["shape"], after=after, do="", **values)


def _read(form: Form, *, named: bool = True) -> tuple[str, dict[str, Any]]:
    """Name and measures; every fault stands beside its field."""
    name = form.text("name", required=True, max_length=60) if named else ""
    measures = _read_measures(form)
    if not any(field in form.errors for field in (*MEASURES, *COUNTS)):
        for fault in list_faults(make_own_stock("own-0", name, measures)):
            form.fail(fault)
    return name, measures


def _read_measures(form: Form) -> dict[str, Any]:
    measures: dict[str, Any] = {"shape": form.choice("shape", list(SHAPES))}
    for field in COUNTS:
        measures[field] = form.whole(field, 1, 100, 1)
    for field, (low, high) in RANGES.items():
        measures[field] = form.parse(field, lambda text, f=field, a=low, b=high: parse_measure(text, f, a, b), low)  # type: ignore[misc]
    return measures


def _draw(form: Form) -> Stock | None:
    """What can be drawn of the fields; None while one is no measure."""
    quiet = Form(dict(form.values))
    measures = _read_measures(quiet)
    if not quiet.valid:
        return None
    stock = make_own_stock("own-0", form.get("name"), measures)
    return stock if stock.count <= 2_000 else None


def _render(form: Form, stored: StoredStock | None = None) -> tuple[str, int]:
    page = render_template("stocks/form.html", form=form, stored=stored, stock=_draw(form))
    return page, 200 if form.valid else 422


def init(app: Flask) -> None:
    """Give the templates the drawing of a sheet."""
    app.jinja_env.globals["outline_cells"] = outline_cells
