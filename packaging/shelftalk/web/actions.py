"""Notes what shoppers do by the page's forms, beside the taps the door takes itself. Knows a touch, no store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from shelftalk.scans.actions import WORD, Place
from shelftalk.web.state import state

if TYPE_CHECKING:
    from shelftalk.web.touch import Touch


def note_action(touch: Touch, word: str) -> None:
    """Keep that somebody did this on the page. Never fails."""
    block = touch.block
    if WORD.fullmatch(word):
        place = Place(touch.path, touch.product.id, touch.code)
        query = f"lang={touch.language}"
        state().actions.note(place, block.id, block.type, word, request.environ, query)
