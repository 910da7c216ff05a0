"""Finds label designs, ready-made and one's own, by the short name runs keep; knows no request."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.media import Media, make_file_name
from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.design_json import read_design
from shelftalk.labels.label_design import ANY, Design
from shelftalk.labels.ready_designs import ReadyDesign, get_ready_design, list_ready_designs
from shelftalk.store import designs as design_store
from shelftalk.store import media as media_store
from shelftalk.store.db import Db
from shelftalk.store.designs import StoredDesign

PICTURE_PX = 1440


@dataclass(frozen=True)
class NamedDesign:
    """A design one can print with. `ref` is a ready-made design's id or the number of one's own."""

    ref: str
    version: int
    design: Design
    own: bool
    retired: bool = False
    help: str = ""  # what a ready-made one is for; to be translated

    @property
    def name(self) -> str:
        """Its name; a ready-made one's is to be translated."""
        return self.design.name


def find_design(db: Db, ref: str, version: int = 0) -> NamedDesign:
    """The design of this short name, in this version or the newest; raises NotFound."""
    if ref.isdecimal() and len(ref) < 10:
        return name_own(design_store.get_design(db, int(ref), version))
    return name_ready(get_ready_design(ref, version))


def list_designs(db: Db) -> list[NamedDesign]:
    """One's own by name, then the ready-made ones; retired ones are left out."""
    own = [name_own(stored) for stored in design_store.list_designs(db) if stored.retired_at is None]
    return own + [name_ready(ready) for ready in list_ready_designs()]


def name_own(stored: StoredDesign) -> NamedDesign:
    """A stored design, read; words in a language that is no longer there are left out."""
    elements = [_drop_languages(element) for element in stored.content.get("elements", [])]
    design, _faults = read_design(stored.content | {"elements": elements}, str(stored.id))
    return NamedDesign(str(stored.id), stored.shown, design, own=True, retired=stored.retired_at is not None)


def _drop_languages(element: dict[str, Any]) -> dict[str, Any]:
    texts = element.get("text", {})
    return element | {"text": {tag: text for tag, text in texts.items() if tag == ANY or tag in LANGUAGES}}


def name_ready(ready: ReadyDesign) -> NamedDesign:
    """A ready-made design."""
    return NamedDesign(ready.id, ready.version, replace(ready.design, name=ready.label), own=False, help=ready.help)


def load_images(db: Db, folder: Path, design: Design) -> dict[str, bytes]:
    """The design's pictures as they are printed, by their ids; raises Invalid when one is no longer there."""
    return {media.id: read_picture(folder, media) for media in list_pictures(db, design)}


def list_pictures(db: Db, design: Design) -> Sequence[Media]:
    """What is known of the design's pictures; raises Invalid for one that is not known."""
    found = media_store.find_media(db, design.media)
    for media_id in design.media:
        if media_id not in found:
            raise Invalid("", "The picture “{value}” of the design is not here. Choose another one.", value=media_id)
    return [found[media_id] for media_id in design.media]


@lru_cache(maxsize=16)
def read_picture(folder: Path, media: Media) -> bytes:
    """A kept picture as PNG when it lets the ground through, else as JPEG; raises NotFound."""
    path = folder / make_file_name(media.id, media.choose_width(PICTURE_PX), "webp")
    if not path.is_file():
        raise NotFound("There is no such picture.")
    target = io.BytesIO()
    with Image.open(path) as image:
        if image.mode == "RGBA":
            image.save(target, "PNG")
        else:
            image.convert("RGB").save(target, "JPEG", quality=92)
    return target.getvalue()


def load_run_design(db: Db, folder: Path, ref: str, version: int) -> tuple[Design | None, dict[str, bytes]]:
    """What a run was printed with, and its pictures; None: the automatic arrangement."""
    if not ref:
        return None, {}
    design = find_design(db, ref, version).design
    return design, load_images(db, folder, design)
