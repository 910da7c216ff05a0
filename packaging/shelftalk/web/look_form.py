"""How the symbols of a print are to be made, as the labels' form says it: error correction, upper case."""

from __future__ import annotations

from shelftalk.labels.look import Look
from shelftalk.labels.symbol import LEVELS
from shelftalk.web.forms import Form

FIELDS = ("level", "upper")
FRESH = {"level": "M", "upper": ""}


def read_look(form: Form) -> Look:
    """What the form asks for; mistakes are kept in the form and the plain look stands in."""
    form.values["level"] = form.get("level") or "M"
    level = form.choice("level", ["M", *(name for name in LEVELS if name != "M")])
    return Look(level, form.get("upper") == "on")
