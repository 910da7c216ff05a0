"""QR symbols as rows of modules, and as SVG and PNG files. Knows no label, no page and no address rule."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q  # type: ignore[import-untyped]
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]

from shelftalk.errors import Invalid

QUIET_MODULES = 4  # ISO/IEC 18004 §5.3.8, on every side
LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
# How short a run of digits or capitals may be to get a segment of its own; 0 keeps the text in one segment.
SEGMENT_LENGTHS = (0, 5, 8, 12, 20)


@dataclass(frozen=True)
class Symbol:
    """A QR symbol without its quiet zone. `modules` are rows from the top; True is dark."""

    text: str
    version: int
    level: str
    modules: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules along one side."""
        return len(self.modules)

    @property
    def full_size(self) -> int:
        """Modules along one side, both quiet zones included."""
        return self.size + 2 * QUIET_MODULES


@lru_cache(maxsize=4096)
def make_symbol(text: str, level: str = "M") -> Symbol:
    """The smallest symbol of `text` at error correction level L, M, Q or H; raises Invalid."""
    if level not in LEVELS:
        raise Invalid(
            "level",
            "“{value}” is not an error correction level. Choose one of: {allowed}.",
            value=level,
            allowed=tuple(LEVELS),
        )
    if not text:
        raise Invalid("text", "A symbol needs a text. Give the address it opens.")
    version, optimize = min((_find_version(text, level, length), length) for length in SEGMENT_LENGTHS)
    code = _make_code(text, level, optimize, version)
    code.make(fit=False)
    return Symbol(text, version, level, tuple(tuple(map(bool, row)) for row in code.modules))


def _make_code(text: str, level: str, optimize: int, version: int | None = None) -> QRCode:
    code = QRCode(version=version, error_correction=LEVELS[level], border=0)
    code.add_data(text, optimize=optimize)
    return code


def _find_version(text: str, level: str, optimize: int) -> int:
    try:
        return int(_make_code(text, level, optimize).best_fit())
    except (DataOverflowError, ValueError):
        raise Invalid(
            "text",
            "“{value}…” has {length} characters: too many for one symbol at level {level}. Shorten the address.",
            value=text[:30],
            length=len(text),
            level=level,
        ) from None


def list_runs(symbol: Symbol) -> Iterator[tuple[int, int, int]]:
    """The dark runs of a symbol as (row, first column, length), from the top left."""
    for row, modules in enumerate(symbol.modules):
        start = None
        for column, dark in enumerate((*modules, False)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                yield row, start, column - start
                start = None


def make_svg(symbol: Symbol, *, module_mm: float) -> bytes:
    """The symbol as SVG in millimetres: white ground, quiet zone, all dark modules in one path (no seams)."""
    modules = symbol.full_size
    side = f"{modules * module_mm:.4f}".rstrip("0").rstrip(".")
    path = "".join(
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z"
        for row, column, length in list_runs(symbol)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}mm" height="{side}mm" '
        f'viewBox="0 0 {modules} {modules}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{modules}v{modules}h-{modules}z"/><path fill="#000" d="{path}"/></svg>\n'
    ).encode()


def make_png(symbol: Symbol, *, module_px: int) -> bytes:
    """The symbol as a black-and-white PNG with its quiet zone, each module `module_px` pixels wide."""
    image = Image.new("1", (symbol.full_size, symbol.full_size), 1)
    for row, column, length in list_runs(symbol):
        box = (column + QUIET_MODULES, row + QUIET_MODULES, column + QUIET_MODULES + length, row + QUIET_MODULES + 1)
        image.paste(0, box)
    side = symbol.full_size * module_px
    out = io.BytesIO()
    image.resize((side, side), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()
