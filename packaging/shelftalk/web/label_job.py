"""What one print is to be, as the labels' form says it; and the making of it: preview, run, or many in the background.

Each choice has a module of its own with its fields, their first values and a `read_…(form)`: a further choice is one
line in `FIELDS`, one in `FRESH` and one in `read_job`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat

from flask import url_for

from shelftalk import clock
from shelftalk.catalog.units import MOST_UNITS
from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.item import asks_for
from shelftalk.labels.label_design import Design
from shelftalk.labels.label_files import Recipe
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.placing import PLAIN, Placing, count_free, count_sheets, share_copies
from shelftalk.labels.point_of_sale import check_gtins
from shelftalk.labels.proof import ProofFailed
from shelftalk.labels.raster import make_preview
from shelftalk.labels.run import MOST_COPIES, LabelItem, LabelSheets, make_labels
from shelftalk.labels.stock import Stock, get_stock
from shelftalk.web import look_form, placing_form
from shelftalk.web.design_library import NamedDesign, load_images
from shelftalk.web.forms import Form
from shelftalk.web.label_designs import read_design
from shelftalk.web.label_items import make_label_items
from shelftalk.web.marked_sheets import Marked, mark_sheets
from shelftalk.web.print_advice import PrintAdvice, Setting, make_print_advice, settle
from shelftalk.web.print_jobs import add_job, count_job_sheets, launch
from shelftalk.web.run_files import add_print_run
from shelftalk.web.security import get_actor
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.style_library import load_look_images
from shelftalk.web.unit_prints import Plan, plan_units

PROOF = "proof"  # where it is said that the sheets did not read; no field of its own
OWN_FIELDS = ("stock", "design", "price", "start", "copies", "units", "like", PROOF)
FIELDS = (*OWN_FIELDS, *placing_form.FIELDS, *look_form.FIELDS)
FRESH = {"start": "1", "copies": "1", "units": "", "price": "", "design": "", "like": ""}
FRESH |= placing_form.FRESH | look_form.FRESH
MOST_LABELS = 2_000  # in one request; more are printed in a process of their own
MOST_BIG = 100_000
FIRST_STOCK = "avery-l7160"


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
    units: bool = False  # every label has a code of its own: the copies are units
    like: int = 0  # an earlier run that this one follows: its label printer is offered first

    @property
    def setting(self) -> Setting:
        """What its labels are made with."""
        design, images = load_design(self)
        return Setting(self.stock, self.look, design, images)

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
        if self.labels > MOST_LABELS:
            codes = len(self.codes)
            return count_job_sheets(codes, self.copies, self.stock, self.start, self.placing, units=self.units)
        return count_sheets(self.labels, self.stock, self.start, self.placing.skip)


@dataclass(frozen=True)
class Preview:
    """The first sheet as it will print, and what was proven of it."""

    picture: str  # a data: address
    proven: int


def read_job(form: Form, codes: list[str]) -> Job:
    """What the form asks to print; mistakes are kept in the form and a printable value stands in."""
    with state().store.read() as db:
        stock = form.parse("stock", lambda text: find_stock(db, text), get_stock(FIRST_STOCK))
    start = form.whole("start", 1, 1_000, 1)
    units = form.get("units") == "on"
    copies = _read_copies(form, units=units)
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
    placing, look = placing_form.read_placing(form, stock, start), look_form.read_look(form)
    placing = replace(placing, fill=placing.fill and not units)  # the page says that it is off
    job = Job(codes, stock, start, copies, design, price, placing, look, units, read_number(form.get("like")))
    most = MOST_UNITS if units else MOST_BIG
    if job.labels > most:
        form.fail(refuse_many(job.labels, most))
    return job


def read_number(text: str) -> int:
    """A run's number as it stands in an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _read_copies(form: Form, *, units: bool) -> int:
    """Copies of one code, or units of one placement, which may be many more."""
    asked = form.get("copies").strip()
    if not units and asked.isdecimal() and MOST_COPIES < int(asked[:9]) <= MOST_UNITS:
        return form.parse("copies", _refuse_copies, 1)
    return form.whole("copies", 1, MOST_UNITS if units else MOST_COPIES, 1)


def _refuse_copies(text: str) -> int:
    raise Invalid(
        "copies",
        "{value} copies of one code are too many at once: at most {allowed}. Print several times, or tick "
        "“A different code on every label”, for up to {units}.",
        value=int(text),
        allowed=MOST_COPIES,
        units=MOST_UNITS,
    )


def refuse_many(count: int, allowed: int = MOST_LABELS) -> Invalid:
    """The mistake of printing so many at once."""
    return Invalid(
        "codes",
        "{count} labels are too many at once: at most {allowed}. Print them in parts, for example place by place.",
        count=count,
        allowed=allowed,
    )


@dataclass(frozen=True)
class Outcome:
    """What will come of a job, as far as is known before it is printed."""

    preview: Preview | None = None
    advice: PrintAdvice | None = None


def foresee(form: Form, job: Job) -> Outcome:
    """The first sheet and from how far its symbols read; nothing where something stands in the way."""
    if not job.codes or form.errors.keys() - {"anyway"}:  # what is held is shown, to be ticked
        return Outcome()
    items: list[LabelItem] = []
    with form.catch():
        items = make_items(job)
    preview = None
    with catch_proof(form):
        preview = _draw_first_sheet(job, items) if items else None
    return Outcome(preview, make_print_advice(_list_first(job, items), job.shares, job.setting) if preview else None)


@contextmanager
def catch_proof(form: Form) -> Iterator[None]:
    """Mistakes go into the form; sheets that were made and did not read are told apart from the rest."""
    with form.catch():
        try:
            yield
        except ProofFailed as fault:
            form.values.setdefault(PROOF, "")
            form.fail(fault, PROOF)


def _draw_first_sheet(job: Job, each: Sequence[LabelItem]) -> Preview:
    """Made and proven as in print."""
    sheets = _make_once(job, each, count_free(job.stock, job.start, job.placing.skip))
    picture = make_preview(sheets.pdf, grey=not job.setting.images and job.look.style is None)
    return Preview("data:image/png;base64," + base64.b64encode(picture).decode(), sheets.proof.symbols)


def _make_once(job: Job, each: Sequence[LabelItem], most: int) -> LabelSheets:
    """The first of the labels in their order, as they will be printed."""
    setting, plain = job.setting, replace(job.placing, fill=False)
    return make_labels(
        list(islice(_each_label(job, each), most)),
        setting.stock,
        start=job.start,
        design=setting.design,
        images=setting.images,
        placing=plain,
        look=setting.look,
    )


def make_marked_sheets(job: Job) -> Marked:
    """The sheets of a print that fails its proof, marked so that none can be used; raises NotFound if it passes.

    Of a big print the first labels count, as many as are printed in one request.
    """
    each = make_items(job)
    try:
        _make_once(job, each, MOST_LABELS)
    except ProofFailed as fault:
        setting = job.setting
        recipe = Recipe(setting.stock, setting.design, setting.images, setting.look)
        labels = islice(_each_label(job, each), MOST_LABELS)
        return mark_sheets(labels, recipe, job.start, job.placing, fault.values.get("sheet"))
    raise NotFound("This file reads as it should. Download the file itself.")


def _each_label(job: Job, each: Sequence[LabelItem]) -> Iterator[LabelItem]:
    """The labels in their order, one at a time; units as they would be numbered now."""
    if not job.units:
        return chain.from_iterable(map(repeat, each, job.shares))
    return _foresee_units(each, job.copies).each_item(each)


def _list_first(job: Job, each: Sequence[LabelItem]) -> list[LabelItem]:
    """The first label of each placement: the code of a unit is longer, and so may be its symbol."""
    return list(_foresee_units(each, 1).each_item(each)) if job.units else list(each)


def _foresee_units(each: Sequence[LabelItem], count: int) -> Plan:
    with state().store.read() as db:
        return plan_units(db, [item.code for item in each], count, begin=False)


def make_items(job: Job) -> list[LabelItem]:
    """What each label says; raises Invalid for codes that are unknown or retired."""
    with state().store.read() as db:
        items = make_label_items(db, job.codes, state().settings.origin, state().translator, upper=job.look.upper)
    if job.look.till:
        check_gtins([item.code for item in items if not item.gtin])
    return [replace(item, price=job.price) for item in items]


def load_design(job: Job) -> tuple[Design | None, dict[str, bytes]]:
    """The design and the pictures in it."""
    with state().store.read() as db:
        images = load_look_images(db, state().media_folder, job.look)
        if job.design is None:
            return None, images
        return job.design.design, images | load_images(db, state().media_folder, job.design.design)


def carry_out(job: Job) -> str:
    """Print it, or have it printed; the address that shows what came of it.

    Raises Invalid where symbols read from less than half as far as they are meant to, unless that is wished.
    """
    look, _ = settle(make_items(job), job.shares, job.setting)
    job = replace(job, look=look)
    if job.labels > MOST_LABELS:
        return _start_big_print(job)
    return url_for("runs.show", run_id=_make_run(job), new=1, like=job.like or None)


def _start_big_print(job: Job) -> str:
    """Have it printed in a process of its own; the address that shows how far it is."""
    items = make_items(job)  # what cannot be printed is said here
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
        units=job.units,
    )
    launch(state())
    return url_for("print_jobs.show")


def _make_run(job: Job) -> int:
    items, plan = make_items(job), None
    if job.units:
        with state().store.write() as db:
            plan = plan_units(db, [item.code for item in items], job.copies, begin=True)
        items = list(plan.each_item(items))
    copies, by, at = 1 if plan else job.copies, get_actor().name, clock.now()
    design, images = load_design(job)
    sheets: LabelSheets = make_labels(
        items,
        job.stock,
        start=job.start,
        copies=copies,
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
        copies=copies,
        by=by,
        at=at,
        design=job.design,
        placing=job.placing,
        look=job.look,
        also=lambda db, run: plan.give_out(db, run.id, by=by, at=at) if plan else None,
    )
    return run.id
