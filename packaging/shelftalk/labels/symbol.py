"""QR symbols as rows of modules, and as SVG and PNG files. Knows no label, no page and no address rule."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q  # type: ignore[import-untyped]

from shelftalk.errors import Invalid
from shelftalk.labels.affine import MOST_VERSION, draw_codewords, pack_modules
from shelftalk.labels.segments import choose_segments, make_code, make_codewords

QUIET_MODULES = 4  # ISO/IEC 18004 §5.3.8, on every side
LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
_DARK = re.compile("1+")


@dataclass(frozen=True)
class Symbol:
    """A QR symbol without its quiet zone. `bits` has a bit for each module, set when it is dark: the lowest is the
    module at the top left, the next the one beside it, row after row."""

    text: str
    version: int
    level: str
    bits: int

    @property
    def size(self) -> int:
        """Modules along one side."""
        return 4 * self.version + 17

    @property
    def full_size(self) -> int:
        """Modules along one side, both quiet zones included."""
        return self.size + 2 * QUIET_MODULES

    @property
    def rows(self) -> list[str]:
        """The rows from the top, "1" for each dark module and "0" for each light one."""
        size, signs = self.size, format(self.bits, f"0{self.size**2}b")[::-1]
        return [signs[start : start + size] for start in range(0, size * size, size)]

    @cached_property
    def modules(self) -> tuple[tuple[bool, ...], ...]:
        """The rows from the top; True is dark."""
        return tuple(tuple(sign == "1" for sign in row) for row in self.rows)


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
    plan = choose_segments(text, LEVELS[level])
    if plan is None:
        raise Invalid(
            "text",
            "“{value}…” has {length} characters: too many for one symbol at level {level}. Shorten the address.",
            value=text[:30],
            length=len(text),
            level=level,
        )
    if plan.version > MOST_VERSION:
        code = make_code(text, LEVELS[level], plan.least, plan.version)
        code.make(fit=False)
        return Symbol(text, plan.version, level, pack_modules(code.modules))
    return Symbol(
        text, plan.version, level, draw_codewords(plan.version, LEVELS[level], make_codewords(text.encode(), plan))
    )


def list_runs(symbol: Symbol) -> Iterator[tuple[int, int, int]]:
    """The dark runs of a symbol as (row, first column, length), from the top left."""
    for row, signs in enumerate(symbol.rows):
        for found in _DARK.finditer(signs):
            start, end = found.span()
            yield row, start, end - start


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


def make_png(symbol: Symbol, *, module_px: int, dpi: int = 0) -> bytes:
    """The symbol as a black-and-white PNG with its quiet zone, each module `module_px` pixels wide.

    With `dpi` the file says how large it prints (pHYs, in pixels per metre).
    """
    image = Image.new("1", (symbol.full_size, symbol.full_size), 1)
    for row, column, length in list_runs(symbol):
        box = (column + QUIET_MODULES, row + QUIET_MODULES, column + QUIET_MODULES + length, row + QUIET_MODULES + 1)
        image.paste(0, box)
    side = symbol.full_size * module_px
    out = io.BytesIO()
    image.resize((side, side), Image.Resampling.NEAREST).save(
        out, "PNG", optimize=True, **({"dpi": (dpi, dpi)} if dpi else {})
    )
    return out.getvalue()
