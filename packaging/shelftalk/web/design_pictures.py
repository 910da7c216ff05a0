"""What a label design looks like with somebody's words: for its list, its editor and the choice at print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from shelftalk.catalog.codes import make_url
from shelftalk.catalog.media import Media
from shelftalk.catalog.placement import CALLS_TO_ACTION
from shelftalk.errors import Invalid, mark
from shelftalk.labels.design_art import DesignPicture, draw_design, make_job
from shelftalk.labels.design_checks import list_faults
from shelftalk.labels.item import LabelItem, list_words
from shelftalk.labels.label_design import Design, TextElement
from shelftalk.labels.style import Style, raise_level
from shelftalk.labels.symbol import Symbol, make_symbol
from shelftalk.labels.symbol_art import Dress, make_dress
from shelftalk.labels.symbol_shapes import measure_room
from shelftalk.store import placements as placement_store
from shelftalk.store.db import Db
from shelftalk.web.design_library import list_pictures, read_picture
from shelftalk.web.label_items import CodeReader, Translates, make_label_item, make_short_address

SAMPLE_CODE = "k7m4p29xqd"
SAMPLE_WORDS = {
    "name": mark("Your product"),
    "brand": mark("Your brand"),
    "location": mark("Your shop"),
    "placement": mark("Shelf talker"),
    "price": mark("12.90"),
}


@dataclass(frozen=True)
class Words:
    """Whose words a picture shows: a placement's code, or made-up ones when it is empty; in this language."""

    code: str
    language: str


def make_sample_item(db: Db, words: Words, origin: str, translator: Translates) -> LabelItem:
    """The label of a real placement in the language asked for; of nobody's when there is no such code."""
    placement = placement_store.find_placement_by_code(db, words.code) if words.code else None
    if placement is None:
        return _make_up(words.language, origin, translator)
    own = placement.call_to_action if placement.language == words.language else ""
    shown = replace(placement, language=words.language, call_to_action=own)
    return make_label_item(CodeReader(db).read(shown), origin, translator)


def _make_up(language: str, origin: str, translator: Translates) -> LabelItem:
    url = make_url(origin, SAMPLE_CODE)
    return LabelItem(
        code=SAMPLE_CODE,
        url=url,
        address=make_short_address(url),
        call_to_action=translator.translate(CALLS_TO_ACTION["compare"], language),
        language=language,
        gtin="(01) 04012345678901",
        **{name: translator.translate(text, language) for name, text in SAMPLE_WORDS.items()},
    )


@dataclass(frozen=True)
class Worn:
    """The style a picture's symbol is shown in, and its logo."""

    style: Style | None = None
    logo: bytes = b""

    @property
    def images(self) -> dict[str, bytes]:
        """The logo by its id."""
        return {self.style.logo: self.logo} if self.style and self.logo else {}


PLAINLY = Worn()


def draw(db: Db, folder: Path, design: Design, item: LabelItem, worn: Worn = PLAINLY) -> DesignPicture:
    """The design as it will print, and everything that stands in the way of printing it.

    What cannot be drawn is left out; it is among the faults.
    """
    faults = list_faults(design)
    if not design.symbols:
        return DesignPicture(b"", tuple(faults))
    try:
        pictures = tuple(list_pictures(db, design))
    except Invalid as error:
        faults.append(error)
        pictures = ()
    picture = _draw(_leave_out(design, faults), item, pictures, folder, worn)
    return DesignPicture(picture.svg, (*faults, *picture.faults))


def _leave_out(design: Design, faults: Sequence[Invalid]) -> Design:
    """The design without elements that cannot be drawn: nothing high or wide, a second symbol."""
    drawn = [e for e in design.elements if e.kind == "line" or (e.width_mm >= 0.5 and e.height_mm >= 0.5)]
    first = next((e for e in drawn if e.kind == "symbol"), None)
    kept = [e for e in drawn if e.kind != "symbol" or e is first]
    return replace(design, elements=tuple(kept)) if faults else design


@lru_cache(maxsize=128)
def _draw(design: Design, item: LabelItem, pictures: tuple[Media, ...], folder: Path, worn: Worn) -> DesignPicture:
    if not design.symbols:
        return DesignPicture(b"", ())
    images = {media.id: read_picture(folder, media) for media in pictures}
    symbol = make_symbol(item.url, raise_level("M", worn.style))
    size = design.width_mm, design.full_height_mm
    words, (dress, faults) = list(list_words(design, item)), _dress(worn, symbol, item.language)
    texts = [element for element in design.elements if isinstance(element, TextElement)]
    while True:
        try:
            job = make_job(design, item.language, words, size, symbol)
            break
        except Invalid as fault:  # a sign without a glyph: the text is left out
            faults.append(fault)
            place = [f"{element.id}.text" for element in texts].index(fault.field)
            words[place] = ""
    if dress:
        job = replace(job, modules=measure_room(job.modules, dress.style))
    picture = draw_design(job, symbol, images, dress)
    return DesignPicture(picture.svg, (*faults, *picture.faults))


def _dress(worn: Worn, symbol: Symbol, language: str) -> tuple[Dress | None, list[Invalid]]:
    """The style made ready; plain black squares, and why, where it cannot be."""
    style = worn.style
    try:
        return make_dress(style, [(symbol, language)], worn.images) if style else None, []
    except Invalid as fault:
        return None, [fault]
