"""Finds styles of symbols, ready-made and one's own, with their logos, and draws them; knows no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from shelftalk.catalog.codes import make_url
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.camera import Reading, measure_cost, measure_reading
from shelftalk.labels.look import Look
from shelftalk.labels.ready_styles import (
    SAMPLE_LOGO,
    ReadyStyle,
    draw_sample_logo,
    get_ready_style,
    list_ready_styles,
)
from shelftalk.labels.style import LOGO_LIMITS, PLAIN_STYLE, Style, raise_level, read_style
from shelftalk.labels.symbol import Symbol, make_symbol
from shelftalk.labels.symbol_art import make_dress, make_styled_svg
from shelftalk.store import media as media_store
from shelftalk.store import styles as style_store
from shelftalk.store.db import Db
from shelftalk.store.styles import StoredStyle
from shelftalk.web.design_library import read_picture
from shelftalk.web.design_pictures import SAMPLE_CODE
from shelftalk.web.label_items import Translates

SIZE_MM = 30.0  # of a symbol with its quiet zones, where none is asked for
LONG = "https://id.tea.example/01/04012345678901/21/abcdefghijklmno"  # 59 characters: what the limits were found with


@dataclass(frozen=True)
class NamedStyle:
    """A style one can print with. `ref` is a ready-made style's id or the number of one's own."""

    ref: str
    version: int
    style: Style
    own: bool
    retired: bool = False
    help: str = ""  # what a ready-made one is like; to be translated
    reading: Reading | None = None  # of a symbol of SIZE_MM, measured when it was saved
    wants_logo: bool = False

    @property
    def name(self) -> str:
        """Its name; a ready-made one's is to be translated."""
        return self.style.name


def find_style(db: Db, ref: str, translator: Translates, version: int = 0) -> NamedStyle:
    """The style of this short name, in this version or the newest; raises NotFound."""
    if ref.isdecimal() and len(ref) < 10:
        return name_own(style_store.get_style(db, int(ref), version))
    return name_ready(get_ready_style(ref), translator)


def list_styles(db: Db, translator: Translates) -> list[NamedStyle]:
    """What can be printed with: one's own by name, then the ready-made ones."""
    own = [name_own(stored) for stored in style_store.list_styles(db) if stored.retired_at is None]
    ready = [name_ready(one, translator) for one in list_ready_styles() if not one.wants_logo]
    return own + ready


def name_own(stored: StoredStyle) -> NamedStyle:
    """A stored style, read."""
    measured = stored.content.get("reading")
    reading = Reading(**measured | {"faults": tuple(measured["faults"])}) if measured else None
    retired = stored.retired_at is not None
    return NamedStyle(
        str(stored.id), stored.shown, read_style(stored.content), own=True, retired=retired, reading=reading
    )


def name_ready(ready: ReadyStyle, translator: Translates) -> NamedStyle:
    """A ready-made style, with its words in every language."""
    words = {tag: translator.translate(ready.caption, tag) for tag in LANGUAGES} if ready.caption else {}
    style = replace(ready.style, name=ready.label, captions=tuple(sorted(words.items())))
    return NamedStyle(ready.id, 1, style, own=False, help=ready.help, wants_logo=ready.wants_logo)


def load_logo(db: Db, folder: Path, style: Style | None) -> dict[str, bytes]:
    """The style's logo by its id, nothing without one; raises Invalid when it is no longer there."""
    if style is None or not style.logo:
        return {}
    if style.logo == SAMPLE_LOGO:
        return {SAMPLE_LOGO: draw_sample_logo()}
    found = media_store.find_media(db, (style.logo,))
    if style.logo not in found:
        raise Invalid("logo", "The picture “{value}” of the style is not here. Choose another one.", value=style.logo)
    return {style.logo: read_picture(folder, found[style.logo])}


def load_look_images(db: Db, folder: Path, look: Look) -> dict[str, bytes]:
    """The pictures that the symbols of a print need, by their ids."""
    return load_logo(db, folder, look.style)


def make_sample_symbol(origin: str, style: Style) -> Symbol:
    """The symbol a style is shown with: a placement's, at the level its logo needs."""
    bearable = replace(style, logo_share=min(style.logo_share, max(LOGO_LIMITS.values())))
    return make_symbol(make_url(origin, SAMPLE_CODE), raise_level("M", bearable))


def draw_style(style: Style, images: Mapping[str, bytes], language: str, origin: str) -> bytes:
    """A symbol in the style as SVG; a style outside its limits is drawn all the same. Raises Invalid for its words."""
    spoken = language if style.get_caption(language) else (style.captions[0][0] if style.captions else language)
    return _draw(style, images.get(style.logo, b""), spoken, origin)


@lru_cache(maxsize=128)
def _draw(style: Style, logo: bytes, language: str, origin: str) -> bytes:
    symbol = make_sample_symbol(origin, style)
    shown = style if style.captions else replace(style, caption_at="none")
    dress = make_dress(shown, [(symbol, language)], {style.logo: logo} if logo else {}, checked=False)
    return make_styled_svg(symbol, dress, module_mm=SIZE_MM / symbol.full_size, language=language)


def read_from_far(style: Style, images: Mapping[str, bytes], origin: str, size_mm: float = SIZE_MM) -> Reading:
    """From how far a placement's symbol is read in this style."""
    silent = replace(style, name="", caption_at="none", captions=())  # words change nothing: they stand outside
    return measure_reading(make_sample_symbol(origin, style), silent, size_mm, logo=images.get(style.logo, b""))


def measure_style_cost(look: Look, images: Mapping[str, bytes], origin: str) -> int:
    """How much less far the symbols of a print are read for their style, in per cent.

    A second's work for a style that no print had since the start, nothing for others: what counts is the style, its
    logo and how many modules codes have here at this level.
    """
    if look.style is None:
        return 0
    url = make_url(origin, SAMPLE_CODE)
    symbol = make_symbol(url.upper() if look.upper else url, raise_level(look.level, look.style))
    return measure_cost(symbol, look.style, logo=images.get(look.style.logo, b""))


def read_plain_from_far(origin: str, size_mm: float = SIZE_MM) -> Reading:
    """The same without a style."""
    return measure_reading(make_sample_symbol(origin, PLAIN_STYLE), PLAIN_STYLE, size_mm)
