"""Label sheets: which placements, on which stock, from which label; seen before they are printed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Invalid, mark
from shelftalk.labels.item import asks_for
from shelftalk.labels.label_design import Design
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.placing import PLAIN, Placing, count_free, count_sheets, share_copies
from shelftalk.labels.raster import make_preview
from shelftalk.labels.run import LabelItem, LabelSheets, make_labels
from shelftalk.labels.stock import Stock, get_stock, search_stocks
from shelftalk.store import placements as placement_store
from shelftalk.store import runs as run_store
from shelftalk.store.db import Db
from shelftalk.store.placements import PlacementRow
from shelftalk.store.rows import Listing, ListQuery
from shelftalk.web import placing_form
from shelftalk.web.design_library import NamedDesign, load_images
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.label_designs import choose_design, list_offers, read_design
from shelftalk.web.label_items import CodeReader, PrintedCode, get_call_to_action, make_label_items
from shelftalk.web.lists import is_narrowed, read_list_query
from shelftalk.web.placements import FILTERS, SORTS, clean_filters
from shelftalk.web.print_jobs import add_job, launch
from shelftalk.web.run_files import add_print_run
from shelftalk.web.security import get_actor, may, requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock, is_own, list_stocks
from shelftalk.web.texts import _

bp = Blueprint("labels", __name__, url_prefix="/admin/labels")
FIELDS = ("q", "codes", "stock", "sq", "design", "price", "start", "copies", *placing_form.FIELDS, "do")
MOST_LABELS = 2_000  # in one request; more are printed in a process of their own
MOST_BIG = 100_000
SHOWN = 40  # placements offered, and chosen ones listed one by one
FIRST_STOCK = "avery-l7160"
# What a page that is one label is good for.
USES = {
    "single-62x29": mark("for rolls 62 mm wide"),
    "single-57x32": mark("for rolls 57 mm wide"),
    "single-50x50": mark("square"),
    "single-100x60": mark("shelf talker"),
    "single-100x150": mark("4 × 6 in rolls, small poster"),
    "single-148x210": mark("poster, A5"),
}


@dataclass(frozen=True)
class Chosen:
    """A placement chosen for printing, with the words its label says."""

    code: PrintedCode
    call_to_action: str


@dataclass(frozen=True)
class Job:
    """What is to be printed, checked."""

    codes: list[str]
    stock: Stock
    start: int
    copies: int
    design: NamedDesign | None = None  # None: labels arrange themselves
    price: str = ""  # said where the design asks for a price
    placing: Placing = PLAIN
    look: Look = PLAIN_LOOK

    @property
    def shares(self) -> list[int]:
        """How often each code is printed."""
        return share_copies(len(self.codes), self.copies, self.stock, self.start, self.placing)

    @property
    def labels(self) -> int:
        """Labels in all."""
        return sum(self.shares)

    @property
    def sheets(self) -> int:
        """Sheets in all."""
        return count_sheets(self.labels, self.stock, self.start, self.placing.skip)


@dataclass(frozen=True)
class Preview:
    """The first sheet as it will print, and what was proven of it."""

    picture: str  # a data: address
    proven: int


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    form = fresh_form(
        q="", stock=_find_last_stock(), start="1", copies="1", price="", design="", sq="", **placing_form.FRESH
    )
    choose_design(form, request.args.get("design", ""))
    codes = read_codes(request.args.getlist("code"), request.args.get("codes", ""))
    query = read_list_query(sorts=SORTS, filters=FILTERS)
    query = replace(query, filters=clean_filters(query.filters))
    if is_narrowed(query) and not codes:
        codes = _list_matching(query, form)
    return _render(form, codes)


@bp.post("/")
@requires("marketer")
def post() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    codes = read_codes(form.get_all("code"), form.get("codes"))
    if form.get("do") == "all":
        codes = list(dict.fromkeys([*codes, *_list_matching(ListQuery(search=form.get("q"), sort="product"), form)]))
    if form.get("do").startswith("cell:"):
        placing_form.take_click(form, form.get("do").partition(":")[2])
    if form.get("do").startswith("page:"):
        choose_design(form, form.get("do").partition(":")[2], on_page=True)
    if form.get("do") == "pdf":
        return _print(form, codes)
    return _render(form, codes)


def read_codes(one_by_one: Sequence[str], together: str) -> list[str]:
    """Codes as they come from ticks and from one line, each once."""
    found = [*one_by_one, *together.replace(",", " ").split()]
    return list(dict.fromkeys(code[:20] for code in found if code))


def _list_matching(query: ListQuery, form: Form) -> list[str]:
    """The codes of every placement that matches and can be printed."""
    with state().store.read() as db:
        rows = [row for row in placement_store.each_placement(db, query) if row.status != "retired"]
    if len(rows) > MOST_LABELS:
        form.fail(_too_many(len(rows)))
    return [row.code for row in rows[:MOST_LABELS]]


def _too_many(count: int, allowed: int = MOST_LABELS) -> Invalid:
    return Invalid(
        "codes",
        "{count} labels are too many at once: at most {allowed}. Print them in parts, for example place by place.",
        count=count,
        allowed=allowed,
    )


def _find_last_stock() -> str:
    """The stock printed on last; most people have one kind in the cupboard."""
    with state().store.read() as db:
        newest = run_store.list_runs(db, ListQuery(sort="created_at", descending=True, per_page=1)).rows
        known = {stock.id for stock in list_stocks(db)}
    return newest[0].stock if newest and newest[0].stock in known else FIRST_STOCK


def _render(form: Form, codes: list[str]) -> ResponseReturnValue:
    with state().store.read() as db:
        chosen = list_chosen(db, codes, form)
        found = list_found(db, form.get("q"), [item.code.code for item in chosen])
    job = read_job(form, [item.code.code for item in chosen])
    preview = _make_preview(form, job) if may("marketer") and form.get("do") != "find" else None
    page = render_template(
        "labels/index.html",
        form=form,
        chosen=chosen,
        found=found,
        job=job,
        preview=preview,
        stock_groups=group_stocks(job.stock, form.get("sq")),
        printers=placing_form.list_printers(),
        offers=list_offers(job.stock),
        asks_price=job.design is not None and asks_for(job.design.design, "price"),
        most=SHOWN,
    )
    return page, 200 if form.valid else 422


def list_chosen(db: Db, codes: Sequence[str], form: Form) -> list[Chosen]:
    """The placements of these codes; unknown ones are named in the form and left out."""
    reader = CodeReader(db)
    try:
        found = reader.list_codes(codes)
    except Invalid as error:
        form.fail(error)
        known = [code for code in codes if placement_store.find_placement_by_code(db, code)]
        found = reader.list_codes(known)
    return [Chosen(item, get_call_to_action(item.placement, state().translator)) for item in found]


def list_found(db: Db, search: str, without: Sequence[str]) -> Listing[PlacementRow]:
    """Placements to tick; those ticked already stand above them."""
    query = ListQuery(search=search[:100], sort="product", per_page=SHOWN)
    listing = placement_store.list_placements(db, query)
    ticked = set(without)
    return replace(listing, rows=[row for row in listing.rows if row.code not in ticked and row.status != "retired"])


def read_job(form: Form, codes: list[str]) -> Job:
    """What the form asks to print; mistakes are kept in the form and a printable value stands in."""
    with state().store.read() as db:
        stock = form.parse("stock", lambda text: find_stock(db, text), get_stock(FIRST_STOCK))
    start = form.whole("start", 1, 1_000, 1)
    copies = form.whole("copies", 1, 1_000, 1)
    with form.catch():
        if start > stock.count:
            raise Invalid(
                "start",
                "Label {value} does not exist on {stock}: it has {count}. Choose 1 to {count}.",
                value=start,
                stock=stock.title,
                count=stock.count,
            )
    design = read_design(form, stock)
    price = form.text("price", max_length=60) if design and asks_for(design.design, "price") else ""
    start = min(start, stock.count)
    job = Job(codes, stock, start, copies, design, price, placing_form.read_placing(form, stock, start))
    if job.labels > MOST_BIG:
        form.fail(_too_many(job.labels, MOST_BIG))
    return job


def _make_preview(form: Form, job: Job) -> Preview | None:
    """The first sheet, made and proven as in print; None when something stands in the way."""
    if not job.codes or not form.valid:
        return None
    with form.catch():
        every = chain.from_iterable(map(repeat, _make_items(job), job.shares))
        items = list(islice(every, count_free(job.stock, job.start, job.placing.skip)))
        design, images = _load_design(job)
        plain = replace(job.placing, fill=False)
        sheets = make_labels(
            items, job.stock, start=job.start, design=design, images=images, placing=plain, look=job.look
        )
        picture = make_preview(sheets.pdf)
        address = "data:image/png;base64," + base64.b64encode(picture).decode()
        return Preview(address, sheets.proof.symbols)
    return None


def _make_items(job: Job) -> list[LabelItem]:
    with state().store.read() as db:
        items = make_label_items(db, job.codes, state().settings.origin, state().translator, upper=job.look.upper)
    return [replace(item, price=job.price) for item in items]


def _load_design(job: Job) -> tuple[Design | None, dict[str, bytes]]:
    if job.design is None:
        return None, {}
    with state().store.read() as db:
        return job.design.design, load_images(db, state().media_folder, job.design.design)


def _print(form: Form, codes: list[str]) -> ResponseReturnValue:
    job = read_job(form, codes)
    key = form.key
    # Back from a print, the same page may print something else: only the same job is the same post.
    form.key = hashlib.sha256(f"{key} {job}".encode()).hexdigest()
    with once(form) as earlier:
        if earlier:
            return earlier
        if form.valid:
            with form.catch():
                if job.labels > MOST_LABELS:
                    return form.done(_start_big_print(job))
                run_id = _make_run(job)
                return form.done(url_for("runs.show", run_id=run_id, new=1))
    form.key = key
    return _render(form, codes)


def _start_big_print(job: Job) -> str:
    """Have it printed in a process of its own; the address that shows how far it is."""
    items = _make_items(job)  # what cannot be printed is said here
    codes = [item.code for item in items]
    add_job(
        state(),
        codes,
        job.stock,
        start=job.start,
        copies=job.copies,
        by=get_actor().name,
        design=job.design,
        price=job.price,
        placing=job.placing,
        look=job.look,
    )
    launch(state())
    return url_for("print_jobs.show")


def _make_run(job: Job) -> int:
    items = _make_items(job)
    design, images = _load_design(job)
    sheets: LabelSheets = make_labels(
        items,
        job.stock,
        start=job.start,
        copies=job.copies,
        design=design,
        images=images,
        placing=job.placing,
        look=job.look,
    )
    run = add_print_run(
        state().store,
        state().settings.instance / "runs",
        sheets,
        items,
        job.stock,
        origin=state().settings.origin,
        start=job.start,
        copies=job.copies,
        by=get_actor().name,
        at=clock.now(),
        design=job.design,
        placing=job.placing,
        look=job.look,
    )
    return run.id


def group_stocks(chosen: Stock, search: str = "") -> list[tuple[str, list[Stock]]]:
    """The stocks that match by maker: one's own first, single labels last. What is chosen always stays there."""
    with state().store.read() as db:
        stocks = search_stocks(search[:100], list_stocks(db))
    groups: dict[str, list[Stock]] = {}
    for stock in stocks if chosen in stocks else [chosen, *stocks]:
        groups.setdefault("own" if is_own(stock) else _name_group(stock), []).append(stock)
    return sorted(groups.items(), key=lambda group: (group[0] != "own", group[0] == ""))


def _name_group(stock: Stock) -> str:
    """The maker; with the paper where it makes sheets for several."""
    return f"{stock.maker} · {stock.paper}" if stock.maker == "Avery" else stock.maker


def describe_stock(stock: Stock) -> str:
    """A stock's measures and use in the reader's language: “63.5 × 38.1 mm, 21 on A4”."""
    if stock.id.startswith("page-"):
        return _("one on a page")
    if stock.count == 1:
        return _(USES[stock.id]) if stock.id in USES else stock.name
    measure = f"\N{LEFT-TO-RIGHT ISOLATE}{stock.name.partition(',')[0]}\N{POP DIRECTIONAL ISOLATE}"
    return _("{measure}, {count} on {paper}", measure=measure, count=stock.count, paper=stock.paper)


def init(app: Flask) -> None:
    """Give the templates the words for a stock."""
    app.jinja_env.globals["describe_stock"] = describe_stock
