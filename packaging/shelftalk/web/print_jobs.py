"""Printing more labels than one request may: in a process of its own, part by part, each a proven run of its own.

A part and the note that it is done are one transaction, so a kill loses at most the part in the making and prints
nothing twice, even when two processes work at once. Scans are answered by other processes and notice nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from shelftalk import clock
from shelftalk.errors import Conflict, Invalid, ShelftalkError, mark
from shelftalk.labels.design_art import Images
from shelftalk.labels.look import PLAIN_LOOK, Look, format_look, parse_look
from shelftalk.labels.placing import PLAIN, Placing, count_sheets, format_placing, parse_placing
from shelftalk.labels.proof import ProofFailed
from shelftalk.labels.run import LabelItem, make_labels
from shelftalk.labels.stock import Stock
from shelftalk.store import notes
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun
from shelftalk.store.units import Taken
from shelftalk.web.background import start_command
from shelftalk.web.design_library import NamedDesign, find_design, load_images
from shelftalk.web.label_items import make_label_items
from shelftalk.web.print_parts import split_parts, split_unit_parts
from shelftalk.web.run_files import add_print_run
from shelftalk.web.state import State
from shelftalk.web.stock_library import find_stock
from shelftalk.web.style_library import load_look_images
from shelftalk.web.unit_prints import Plan, plan_units

MOST_LABELS = 1_000_000
PART = 5_000  # labels in one file: opens quickly, and a kill loses a minute
NOTE, CODES, TOLD = "print_job", "print_job_codes", "print_job_told"
SILENCE = timedelta(seconds=90)  # without a sign of life it is taken for dead
ACCIDENT = mark("It stopped by a mistake of the program, which is in the log: {value}.")


@dataclass(frozen=True)
class PrintJob:
    """What is to be printed, and the runs that are done: one for each part, in their order."""

    id: str
    worker: str  # the process that may add to it
    by: str
    started_at: str
    stock: str
    start: int
    copies: int
    parts: tuple[tuple[int, int], ...]  # which codes are in each, as a slice
    design: str = ""  # as a run names it
    design_version: int = 0
    price: str = ""
    placed: str = ""  # as a run keeps it
    look: str = ""  # likewise
    units: int = 0  # of each code, where every label has a code of its own; parts then count units
    runs: tuple[int, ...] = ()
    cancelled: bool = False
    fault: str = ""  # a translatable message, with its values in JSON
    fault_values: str = "{}"
    unproven: bool = False  # the fault is that the next part was made and did not read

    @property
    def labels(self) -> int:
        """Labels in all."""
        return self.parts[-1][1] * self.copies

    @property
    def printed(self) -> int:
        """Labels in finished runs."""
        return self.parts[len(self.runs) - 1][1] * self.copies if self.runs else 0

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self.cancelled or bool(self.fault) or len(self.runs) == len(self.parts)

    @property
    def complete(self) -> bool:
        """Whether every part is printed."""
        return len(self.runs) == len(self.parts)


@dataclass(frozen=True)
class Told:
    """The last sign of life: when, and how many labels are read back, those of the part in the making too."""

    at: str
    done: int


class Superseded(Exception):
    """Somebody cancelled, or another process took over."""


def _split(
    codes: int, copies: int, stock: Stock, start: int, placing: Placing, *, units: bool
) -> tuple[tuple[int, int], ...]:
    if units:
        return split_unit_parts(codes, copies, stock, start, PART, placing.skip)
    return split_parts(codes, stock, start, copies, PART, placing.skip)


def count_job_sheets(codes: int, copies: int, stock: Stock, start: int, placing: Placing, *, units: bool) -> int:
    """Sheets of all parts, each of which begins one."""
    each = 1 if units else copies
    parts = [(last - first) * each for first, last in _split(codes, copies, stock, start, placing, units=units)]
    later = sum(count_sheets(labels, stock) for labels in parts[1:])
    return count_sheets(parts[0], stock, start, placing.skip) + later


def add_job(
    state: State,
    codes: Sequence[str],
    stock: Stock,
    *,
    start: int,
    copies: int,
    by: str,
    design: NamedDesign | None = None,
    price: str = "",
    placing: Placing = PLAIN,
    look: Look = PLAIN_LOOK,
    units: bool = False,
) -> PrintJob:
    """Note what is to be printed; raises Conflict while another job is at work, Invalid when it is too much.

    With `units` every label gets a code of its own, and `copies` says how many of each placement.
    """
    labels = len(codes) * copies
    if not 1 <= labels <= MOST_LABELS:
        raise Invalid(
            "codes", "{count} labels cannot be printed. Choose 1 to {allowed}.", count=labels, allowed=MOST_LABELS
        )
    at = clock.format_at(clock.now())
    parts = _split(len(codes), copies, stock, start, placing, units=units)
    job = PrintJob(secrets.token_hex(8), "", by, at, stock.id, start, copies, parts, price=price)
    job = replace(job, copies=1, units=copies) if units else job
    job = replace(job, placed=format_placing(placing), look=format_look(look))
    if design:
        job = replace(job, design=design.ref, design_version=design.version)
    with state.store.write() as db:
        kept, before = notes.find_note(db, NOTE), find_job(db)
        running = before is not None and is_running(before, _find_told(db), clock.now())
        if running or not notes.swap_note(db, NOTE, kept, _format(job)):  # perhaps somebody pressed just now
            raise Conflict("Labels are being printed already. Wait for the end, or cancel it.")
        notes.set_note(db, CODES, json.dumps({"job": job.id, "codes": list(codes)}))
        _tell(db, 0)
    return job


def find_job(db: Db) -> PrintJob | None:
    """The last or present job."""
    text = notes.find_note(db, NOTE)
    return _parse(text) if text else None


def _parse(text: str) -> PrintJob:
    raw = json.loads(text)
    return PrintJob(**raw | {"parts": tuple(map(tuple, raw["parts"])), "runs": tuple(raw["runs"])})


def _format(job: PrintJob) -> str:
    return json.dumps(asdict(job), ensure_ascii=False)


def _find_told(db: Db) -> Told | None:
    text = notes.find_note(db, TOLD)
    return Told(**json.loads(text)) if text else None


def _tell(db: Db, done: int) -> None:
    notes.set_note(db, TOLD, json.dumps(asdict(Told(clock.format_at(clock.now()), done))))


def read_job(state: State) -> tuple[PrintJob | None, Told | None]:
    """The last or present job and its last sign of life."""
    with state.store.read() as db:
        return find_job(db), _find_told(db)


def is_running(job: PrintJob, told: Told | None, at: datetime) -> bool:
    """Whether a process is at it; one that has been silent for long was killed."""
    return not job.ended and told is not None and at - clock.parse_at(told.at) < SILENCE


def _change(db: Db, job: PrintJob, changed: PrintJob) -> None:
    """Put `changed` in the place of `job`; nothing happens, in this whole transaction, if it is no longer there."""
    kept = notes.find_note(db, NOTE)  # perhaps by an earlier version, which wrote fewer fields
    if not kept or _parse(kept) != job or not notes.replace_note(db, NOTE, kept, _format(changed)):
        raise Superseded


def cancel(state: State) -> None:
    """Make no further part; finished ones stay as runs."""
    for _ in range(20):  # the process may be noting a part just now
        with suppress(Superseded), state.store.write() as db:
            job = find_job(db)
            if job and not job.ended:
                _change(db, job, replace(job, cancelled=True))
            return


def work(
    state: State, tell: Callable[[int, int], None] = lambda _done, _labels: None, *, worker: str = ""
) -> PrintJob | None:
    """Print the parts that are missing, until the end, a cancellation, or another process that took over.

    With `worker` the job was claimed under this name already: what was cancelled since then stays so.
    """
    job = None
    try:
        job = _find_claimed(state, worker) if worker else _claim(state)
        while job and not job.ended:
            with suppress(Taken):  # somebody was given these numbers meanwhile: the part is made again with the next
                job = _print_part(state, job, tell)
    except Superseded:
        return read_job(state)[0]
    except ShelftalkError as error:
        return _note_fault(state, job, error)
    except Exception as error:
        _note_fault(state, job, ShelftalkError(ACCIDENT, value=type(error).__name__))
        raise
    return job


def _claim(state: State) -> PrintJob | None:
    """Take the job over: whoever worked at it before can add nothing any more."""
    with state.store.write() as db:
        job = find_job(db)
        if job is None or job.complete:
            return job
        mine = replace(job, worker=secrets.token_hex(8), cancelled=False, fault="", fault_values="{}", unproven=False)
        _change(db, job, mine)
        _tell(db, job.printed)
    return mine


def _find_claimed(state: State, worker: str) -> PrintJob | None:
    """The job as it stands now; raises Superseded when it is no longer this worker's."""
    job, _told = read_job(state)
    if job is None or job.worker != worker:
        raise Superseded
    return job


def place_part(job: PrintJob) -> Placing:
    """How the next part lies: gaps are on the very first sheet, and only the last one is filled."""
    placing, number = parse_placing(job.placed), len(job.runs)
    return replace(
        placing,
        skip=placing.skip if number == 0 else frozenset(),
        fill=placing.fill and number == len(job.parts) - 1,
    )


def _print_part(state: State, job: PrintJob, tell: Callable[[int, int], None]) -> PrintJob:
    start, placing, look = 1 if job.runs else job.start, place_part(job), parse_look(job.look)
    with state.store.write() as db:
        plan = plan_part(db, job, begin=True)
    items, stock, design, images = find_material(state, job, plan)
    sheets = make_labels(
        items,
        stock,
        start=start,
        copies=job.copies,
        design=design.design if design else None,
        images=images,
        placing=placing,
        look=look,
        progress=_follow(state, job, len(items) * job.copies, tell),
    )
    run = add_print_run(
        state.store,
        state.settings.instance / "runs",
        sheets,
        items,
        stock,
        origin=state.settings.origin,
        start=start,
        copies=job.copies,
        by=job.by,
        at=clock.now(),
        design=design,
        placing=placing,
        look=look,
        also=lambda db, run: _note_part(db, job, run, plan),
    )
    after = _count_part(job, run)
    tell(after.printed, job.labels)
    return after


def find_material(
    state: State, job: PrintJob, plan: Plan | None
) -> tuple[list[LabelItem], Stock, NamedDesign | None, Images]:
    """What the next part is made of."""
    with state.store.read() as db:
        items = _list_items(state, db, job)
        design = find_design(db, job.design, job.design_version) if job.design else None
        images = load_images(db, state.media_folder, design.design) if design else {}
        images |= load_look_images(db, state.media_folder, parse_look(job.look))
        return list(plan.each_item(items)) if plan else items, find_stock(db, job.stock), design, images


def _note_part(db: Db, job: PrintJob, run: PrintRun, plan: Plan | None) -> None:
    """In the run's own transaction: that the part is done, and whose its numbers are."""
    after = _count_part(job, run)
    _change(db, job, after)
    if plan:
        plan.give_out(db, run.id, by=job.by, at=clock.now())
    _tell(db, after.printed)


def _count_part(job: PrintJob, run: PrintRun) -> PrintJob:
    return replace(job, runs=(*job.runs, run.id))


def plan_part(db: Db, job: PrintJob, *, begin: bool) -> Plan | None:
    """The numbers of the next part's units; given out only with its run."""
    if not job.units:
        return None
    first, last = job.parts[len(job.runs)]
    codes = _list_codes(db, job)
    return plan_units(db, codes, (last - first) // len(codes), begin=begin)


def _list_codes(db: Db, job: PrintJob) -> list[str]:
    """The placements' codes of the next part."""
    codes = json.loads(notes.find_note(db, CODES))
    if codes["job"] != job.id:
        raise Superseded
    first, last = job.parts[len(job.runs)]
    each = job.units or 1
    found: list[str] = codes["codes"][first // each : -(-last // each)]
    return found


def _list_items(state: State, db: Db, job: PrintJob) -> list[LabelItem]:
    """What the labels of the next part say; those of units begin with it."""
    upper = parse_look(job.look).upper
    items = make_label_items(db, _list_codes(db, job), state.settings.origin, state.translator, upper=upper)
    return [replace(item, price=job.price) for item in items]


def _follow(state: State, job: PrintJob, labels: int, tell: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Tells how far a part has come, and ends it when the job is no longer this process's."""
    last = clock.monotonic()

    def moved(sheet: int, sheets: int) -> None:
        nonlocal last
        done = job.printed + labels * sheet // sheets
        tell(done, job.labels)
        if clock.monotonic() - last > 1:
            last = clock.monotonic()
            with state.store.write() as db:
                if find_job(db) != job:
                    raise Superseded
                _tell(db, done)

    return moved


def _note_fault(state: State, job: PrintJob | None, error: ShelftalkError) -> PrintJob | None:
    if job is None:
        return None
    failed = replace(job, fault=error.message, fault_values=json.dumps(error.values, default=str))
    failed = replace(failed, unproven=isinstance(error, ProofFailed))
    with suppress(Superseded), state.store.write() as db:
        _change(db, job, failed)
    return failed


def launch(state: State) -> None:
    """Work at the job in a process of its own, which gives way to scans."""
    try:
        job = _claim(state)  # shown as running at once
    except Superseded:
        return
    worker = ["--worker", job.worker] if job else []
    start_command(state.settings, "print-job", *worker)
