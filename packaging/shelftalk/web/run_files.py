"""Keeps what was printed: the run in the store, its PDF in the instance folder. Knows no request."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

from shelftalk.errors import Conflict
from shelftalk.labels.design_art import Images
from shelftalk.labels.label_design import Design
from shelftalk.labels.look import PLAIN_LOOK, Look, format_look, parse_look
from shelftalk.labels.placing import PLAIN, Placing, format_placing, parse_placing
from shelftalk.labels.proof import Proof
from shelftalk.labels.run import LabelItem, LabelSheets, make_labels
from shelftalk.labels.stock import Stock, get_stock
from shelftalk.store import Store
from shelftalk.store import runs as run_store
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun, RunRow
from shelftalk.web.design_library import NamedDesign
from shelftalk.web.files import write_whole
from shelftalk.web.unit_prints import lengthen_items, shorten_items


def add_print_run(
    store: Store,
    folder: Path,
    sheets: LabelSheets,
    items: Sequence[LabelItem],
    stock: Stock,
    *,
    also: Callable[[Db, PrintRun], object] = lambda _db, _run: None,
    **choices: Unpack[Choices],
) -> PrintRun:
    """Record finished sheets and keep their file: both or neither, and whatever `also` records with them."""
    with store.write() as db:
        return keep_print_run(db, folder, sheets, items, stock, also=also, **choices)


class Choices(TypedDict):
    """What was chosen for a print, by whom and when."""

    origin: str
    start: int
    copies: int
    by: str
    at: datetime
    design: NotRequired[NamedDesign | None]
    placing: NotRequired[Placing]
    look: NotRequired[Look]
    is_sample: NotRequired[bool]


def keep_print_run(
    db: Db,
    folder: Path,
    sheets: LabelSheets,
    items: Sequence[LabelItem],
    stock: Stock,
    *,
    also: Callable[[Db, PrintRun], object] = lambda _db, _run: None,
    **choices: Unpack[Choices],
) -> PrintRun:
    """The same within a transaction that is open already."""
    design = choices.get("design")
    run = run_store.add_run(
        db,
        by=choices["by"],
        stock=stock.id,
        origin=choices["origin"],
        start=choices["start"],
        copies=choices["copies"],
        labels=sheets.labels,
        sheets=sheets.sheets,
        sha256=sheets.sha256,
        items=json.dumps(shorten_items(items), ensure_ascii=False),
        proof=json.dumps(asdict(sheets.proof)),
        design=design.ref if design else "",
        design_version=design.version if design else 0,
        placed=format_placing(choices.get("placing", PLAIN)),
        look=format_look(choices.get("look", PLAIN_LOOK)),
        is_sample=choices.get("is_sample", False),
        at=choices["at"],
    )
    also(db, run)
    write_run_pdf(folder, run.id, sheets.pdf)
    return run


def write_run_pdf(folder: Path, run_id: int, pdf: bytes) -> None:
    """Keep a run's file; whoever looks sees the whole of it or none."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(get_pdf_path(folder, run_id), pdf)


def get_pdf_path(folder: Path, run_id: int) -> Path:
    """Where a run's file is kept."""
    return folder / f"{run_id}.pdf"


def get_files_folder(folder: Path, run_id: int) -> Path:
    """Where what was made of a run besides its PDF is kept."""
    return folder / f"{run_id}-files"


def drop_run_files(folder: Path, run_id: int) -> None:
    """Take away everything that is kept of a run that is gone."""
    get_pdf_path(folder, run_id).unlink(missing_ok=True)
    shutil.rmtree(get_files_folder(folder, run_id), ignore_errors=True)


def read_run_pdf(
    folder: Path,
    run: PrintRun,
    load: Callable[[], tuple[Design | None, Images]] = lambda: (None, {}),
    find: Callable[[], Stock] | None = None,
) -> bytes:
    """A run's file, bit for bit as it was printed first; made again when it is gone or damaged.

    `load` gives the design of the run and its pictures, `find` its stock when that is not a maker's.
    Raises Conflict when it cannot come out the same: then nothing is handed out.
    """
    path = get_pdf_path(folder, run.id)
    pdf = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(pdf).hexdigest() == run.sha256:
        return pdf
    design, images = load()
    sheets = make_labels(
        parse_items(run),
        find() if find else get_stock(run.stock),
        start=run.start,
        copies=run.copies,
        design=design,
        images=images,
        placing=parse_placing(run.placed),
        look=parse_look(run.look),
    )
    if sheets.sha256 != run.sha256:
        raise Conflict(
            "The file of run {number} is gone, and made again today it would not be the same. "
            "Print its placements as a new run.",
            number=run.id,
        )
    write_run_pdf(folder, run.id, sheets.pdf)
    return sheets.pdf


def parse_items(run: PrintRun) -> list[LabelItem]:
    """The labels of a run, as they were typeset."""
    return list(lengthen_items(json.loads(run.items)))


def parse_proof(run: PrintRun | RunRow) -> Proof:
    """What decoding a run's sheets found."""
    return Proof(**json.loads(run.proof))
