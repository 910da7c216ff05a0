"""A placement's symbol as a file of its own: plain or in a style, as large as its medium asks for, read back first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from shelftalk.catalog.codes import make_url
from shelftalk.catalog.placement import Placement
from shelftalk.errors import Invalid
from shelftalk.labels.distance import Budget, find_smaller, get_distance, make_budget
from shelftalk.labels.proof import prove_symbol_png, prove_symbol_svg
from shelftalk.labels.style import Style, raise_level
from shelftalk.labels.symbol import Symbol, make_png, make_svg, make_symbol
from shelftalk.labels.symbol_art import Dress, check_caption_size, make_dress, make_styled_png, make_styled_svg
from shelftalk.labels.symbol_shapes import measure_room
from shelftalk.labels.thermal import make_picture_head
from shelftalk.store.db import Db
from shelftalk.web.state import state
from shelftalk.web.style_library import NamedStyle, find_style, load_logo
from shelftalk.web.texts import _

LEAST_PX = 4  # along a module


@dataclass(frozen=True)
class SymbolFile:
    """A placement's symbol before it is drawn. `ref` is its style's short name, empty for black squares on white."""

    placement: Placement
    symbol: Symbol
    budget: Budget  # of the plain symbol; its module is right for any other
    dress: Dress | None
    named: NamedStyle | None

    @property
    def ref(self) -> str:
        """What addresses of its files ask for."""
        return self.named.ref if self.named else ""

    @property
    def side_mm(self) -> float:
        """How wide it must be printed: quiet zones, frame and words included."""
        return self.budget.module_mm * measure_room(self.symbol.full_size, self.named.style if self.named else None)

    @property
    def smaller(self) -> Budget | None:
        """The same in upper case, where that is smaller; only said of the plain symbol."""
        return None if self.named else find_smaller(self.budget)

    @property
    def suffix(self) -> str:
        """What tells its files from the plain one's."""
        return f"-style-{self.ref}" if self.ref else ""


def read_symbol(db: Db, placement: Placement, ref: str) -> SymbolFile:
    """The symbol of a placement in the style of this short name; raises NotFound and Invalid."""
    url = make_url(state().settings.origin, placement.code)
    budget = make_budget(url, get_distance(placement.medium))
    if not ref:
        return SymbolFile(placement, make_symbol(url), budget, None, None)
    named = find_style(db, ref[:40], state().translator)
    if named.wants_logo:
        raise Invalid(
            "style", "“{value}” waits for your logo. Start a style from it and choose a picture.", value=_(named.name)
        )
    style = named.style if named.own else replace(named.style, name=_(named.name))
    symbol = make_symbol(url, raise_level("M", style))
    dress = _dress(db, placement, symbol, style, budget.module_mm)
    return SymbolFile(placement, symbol, budget, dress, named)


def _dress(db: Db, placement: Placement, symbol: Symbol, style: Style, module_mm: float) -> Dress:
    dress = make_dress(style, [(symbol, placement.language)], load_logo(db, state().media_folder, style))
    check_caption_size(dress, placement.language, symbol.size, module_mm)
    return dress


def make_symbol_svg(file: SymbolFile) -> bytes:
    """The symbol as SVG; raises ProofFailed when it does not read back."""
    symbol, module, language = file.symbol, file.budget.module_mm, file.placement.language
    if file.dress is None:
        return prove_symbol_svg(make_svg(symbol, module_mm=module), symbol.text)
    return prove_symbol_svg(make_styled_svg(symbol, file.dress, module_mm=module, language=language), symbol.text)


def make_symbol_png(file: SymbolFile, dpi: int) -> bytes:
    """The symbol as PNG whose modules are whole pixels; raises Invalid for a resolution, ProofFailed."""
    make_picture_head(dpi)
    symbol, module = file.symbol, max(LEAST_PX, ceil(file.budget.module_mm / 25.4 * dpi))
    if file.dress is None:
        return prove_symbol_png(make_png(symbol, module_px=module, dpi=dpi), symbol.text)
    png = make_styled_png(symbol, file.dress, module_px=module, dpi=dpi, language=file.placement.language)
    return prove_symbol_png(png, symbol.text)
