"""Which style the symbols of a print have, as the labels' form says it."""

from __future__ import annotations

from dataclasses import replace

from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.style import Style
from shelftalk.web.forms import Form
from shelftalk.web.state import state
from shelftalk.web.style_library import NamedStyle, find_style, list_styles
from shelftalk.web.texts import _

FIELDS = ("style",)
FRESH = {"style": ""}


def read_style(form: Form) -> Style | None:
    """The style a form asks for; None: black squares on white. What is no style is said in the form."""
    ref = form.get("style")
    if not ref:
        return None
    with form.catch():
        try:
            with state().store.read() as db:
                named = find_style(db, ref[:40], state().translator)
        except NotFound:
            raise Invalid("style", "“{value}” is no style. Choose one of the list.", value=ref[:40]) from None
        if named.wants_logo:
            raise Invalid(
                "style",
                "“{value}” waits for your logo. Start a style from it and choose a picture.",
                value=_(named.name),
            )
        return named.style if named.own else replace(named.style, name=_(named.name))
    return None


def list_style_offers(ref: str) -> list[NamedStyle]:
    """Every style that can be chosen, and the one that is chosen though it was retired."""
    with state().store.read() as db:
        offers = list_styles(db, state().translator)
        if ref and ref not in {named.ref for named in offers}:
            try:
                offers.append(find_style(db, ref[:40], state().translator))
            except NotFound:
                return offers
    return offers
