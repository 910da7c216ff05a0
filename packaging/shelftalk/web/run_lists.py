"""A run's codes for a print shop's own layout: tables as CSV and XLSX, and the symbols they name as one ZIP."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from shelftalk.errors import Invalid
from shelftalk.labels.design_art import Images
from shelftalk.labels.item import LabelItem
from shelftalk.labels.look import Look, parse_look
from shelftalk.labels.proof import prove_symbol_svg
from shelftalk.labels.symbol import make_svg, make_symbol
from shelftalk.labels.symbol_art import make_dress, make_styled_svg
from shelftalk.reports.exports import safe_cell, write_tables
from shelftalk.store.runs import PrintRun
from shelftalk.web.run_files import parse_items
from shelftalk.web.runs import get_run, list_quantities
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.style_library import load_look_images

bp = Blueprint("run_lists", __name__, url_prefix="/admin/runs")
# In files always English: layouts are bound to these names.
COLUMNS = (
    "code",
    "quantity",
    "url",
    "address",
    "product",
    "brand",
    "call_to_action",
    "price",
    "language",
    "placement",
    "location",
    "gtin",
    "serial",
    "file",
)
MOST_XLSX = 20_000  # rows; a larger table is for CSV
MOST_SYMBOLS = 5_000  # in one ZIP
SYMBOL_MM = 30.0  # SVG has no smallest size: layouts scale it
LINES = 500  # sent at a time


@bp.get("/<int:run_id>/codes.csv")
@requires("marketer")
def csv_file(run_id: int) -> ResponseReturnValue:
    run, each = get_run(run_id), _read_rows()
    return _send(write_csv(each_row(run, each)), "text/csv; charset=utf-8", f"codes-run-{run.id}.csv")


@bp.get("/<int:run_id>/codes.xlsx")
@requires("marketer")
def xlsx(run_id: int) -> ResponseReturnValue:
    run, each = get_run(run_id), _read_rows()
    rows = list(each_row(run, each))
    if len(rows) > MOST_XLSX:
        raise Invalid(
            "rows",
            "{count} rows are too many for a workbook: at most {allowed}. Take the CSV, or a row for each code.",
            count=len(rows),
            allowed=MOST_XLSX,
        )
    content = write_tables([("Codes", COLUMNS, rows)])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _send(iter([content]), kind, f"codes-run-{run.id}.xlsx")


@bp.get("/<int:run_id>/symbols.zip")
@requires("marketer")
def symbols(run_id: int) -> ResponseReturnValue:
    run = get_run(run_id)
    items = list({item.code: item for item in parse_items(run)}.values())
    if len(items) > MOST_SYMBOLS:
        raise Invalid(
            "codes",
            "{count} symbols are too many for one file: at most {allowed}. Print in parts.",
            count=len(items),
            allowed=MOST_SYMBOLS,
        )
    look, images = parse_look(run.look), _load_images(run)
    first = draw_symbol(items[0], look, images) if items else b""  # a mistake is said before anything is sent
    drawn = (first if number == 0 else draw_symbol(item, look, images) for number, item in enumerate(items))
    files = ((name_file(item), svg) for item, svg in zip(items, drawn, strict=True))
    return _send(write_zip(files), "application/zip", f"symbols-run-{run.id}.zip")


def _read_rows() -> bool:
    """Whether every label gets a row of its own."""
    return request.args.get("rows") == "label"


def each_row(run: PrintRun, each_label: bool) -> Iterator[tuple[object, ...]]:
    """The table's rows: one for each code with its quantity, or one for each label in the order of the sheet."""
    items = parse_items(run)
    for item, quantity in zip(items, list_quantities(run, len(items)), strict=True):
        row = make_row(item, 1 if each_label else quantity)
        for _number in range(quantity if each_label else 1):
            yield row


def make_row(item: LabelItem, quantity: int) -> tuple[object, ...]:
    """One row, as COLUMNS name it."""
    return (
        item.code,
        quantity,
        item.url,
        item.address,
        item.name,
        item.brand,
        item.call_to_action,
        item.price,
        item.language,
        item.placement,
        item.location,
        item.gtin.removeprefix("(01) "),
        item.serial,
        name_file(item),
    )


def name_file(item: LabelItem) -> str:
    """The file of a label's symbol, in the table and in the ZIP."""
    return f"{item.code}.svg"


def write_csv(rows: Iterator[Sequence[object]]) -> Iterator[bytes]:
    """CSV (RFC 4180) in pieces, with the mark by which spreadsheets know UTF-8; no cell becomes a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
        if number % LINES == 0:
            yield _take(out)
    yield _take(out)


def _take(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def draw_symbol(item: LabelItem, look: Look, images: Images) -> bytes:
    """A label's symbol as SVG, in the run's style, read back before it goes out; raises ProofFailed."""
    symbol = make_symbol(item.url, look.level)
    module_mm = SYMBOL_MM / symbol.full_size
    if look.style is None:
        return prove_symbol_svg(make_svg(symbol, module_mm=module_mm), item.url)
    dress = make_dress(look.style, [(symbol, item.language)], images)
    return prove_symbol_svg(make_styled_svg(symbol, dress, module_mm=module_mm, language=item.language), item.url)


def _load_images(run: PrintRun) -> Images:
    with state().store.read() as db:
        return load_look_images(db, state().media_folder, parse_look(run.look))


class _Pipe(io.RawIOBase):
    """Takes what a ZIP writes and hands it on; nothing of it is kept."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self.pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """What was written since."""
        data = b"".join(self.pieces)
        self.pieces.clear()
        return data


def write_zip(files: Iterator[tuple[str, bytes]]) -> Iterator[bytes]:
    """Files as a ZIP in pieces. When one fails the ZIP breaks off and cannot be opened: no part of it looks whole."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            yield pipe.take()
    yield pipe.take()


def _send(pieces: Iterator[bytes], kind: str, name: str) -> Response:
    return Response(pieces, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
