"""What in a Markdown text will not look as its writer may think; it is told while it is written and stops nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shelftalk.web.page_draft import Raw, list_spots
from shelftalk.web.texts import _

_CODE = re.compile(r"(`+).*?\1", re.DOTALL)
_TAG = re.compile(r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(\s*<?([^)>\s]+)[^)]*\)")
_UNCLOSED = re.compile(r"\[[^\]\n]+\]\([^)\n]*$", re.MULTILINE)
_TABLE = re.compile(r"^\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*$", re.MULTILINE)


def list_notes(raw: Raw) -> dict[str, str]:
    """The first thing to know of each Markdown text, by the field's name in the form."""
    notes = {}
    for spot in list_spots(raw):
        if spot.field.kind == "markdown" and isinstance(spot.value, str):
            note = next(_check(_CODE.sub("", spot.value)), "")
            if note:
                notes[spot.name] = note
    return notes


def _check(text: str) -> Iterator[str]:
    tag = _TAG.search(text)
    if tag:
        yield _("“{value}” is shown as it stands: HTML does nothing here. Use the buttons above.", value=tag[0][:40])
    if _PICTURE.search(text):
        yield _("A picture inside a text is left out. Add a picture block instead.")
    for link in _LINK.finditer(text):
        if not re.match(r"https?://", link[1], re.IGNORECASE):
            yield _("“{url}” is left out as a link: it must start with https://.", url=link[1][:60])
    if _UNCLOSED.search(text):
        yield _("A link is not closed: its address needs a “)” at the end.")
    if _TABLE.search(text):
        yield _("Tables do nothing here. Add a facts block instead.")
