"""How the symbols of a print are to be made, as the labels' form says it: error correction, upper case, the till."""

from __future__ import annotations

from shelftalk.labels.distance import check_upper
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.style import raise_level
from shelftalk.labels.symbol import LEVELS
from shelftalk.web import style_choice
from shelftalk.web.forms import Form
from shelftalk.web.state import state

FIELDS = ("level", "upper", "till", "anyway", *style_choice.FIELDS)
FRESH = {"level": "M", "upper": "", "till": "", "anyway": "", **style_choice.FRESH}


def read_look(form: Form) -> Look:
    """What the form asks for; mistakes are kept in the form and the plain look stands in."""
    form.values["level"] = form.get("level") or PLAIN_LOOK.level
    level = form.choice("level", [PLAIN_LOOK.level, *LEVELS])
    upper, till, anyway = (form.get(name) == "on" for name in ("upper", "till", "anyway"))
    with form.catch():
        if upper:
            check_upper(f"{state().settings.origin}/q/code")
    style = style_choice.read_style(form)
    form.values["level"] = level = raise_level(level, style)  # as high as a logo needs
    return Look(level, upper, style, till=till, anyway=anyway)


def take_remedy(form: Form, name: str) -> None:
    """Choose in the form what makes symbols read from farther, as the advice's buttons name it."""
    kind, _, value = name.partition(":")
    if kind == "upper":
        form.values["upper"] = "on"
    elif kind == "level":
        form.values["level"] = value
    elif kind == "plain":
        form.values["style"] = ""
    elif kind == "alone":
        form.values["design"] = ""
    elif kind == "stock":
        form.values |= {"stock": value, "start": "1", "skip": ""}
