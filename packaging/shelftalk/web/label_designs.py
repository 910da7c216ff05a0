"""Which designs labels can be printed with: those that fit the stock, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass

from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.design_checks import check_stock
from shelftalk.labels.stock import Stock, get_stock, make_page_stock
from shelftalk.web.design_library import NamedDesign, find_design, list_designs
from shelftalk.web.forms import Form
from shelftalk.web.state import state
from shelftalk.web.texts import _, text_error


@dataclass(frozen=True)
class Offer:
    """A design beside a stock: `reason` says why it does not fit, and is empty when it does."""

    named: NamedDesign
    reason: str


def list_offers(stock: Stock) -> list[Offer]:
    """Every design, those that fit the stock first, the one that fills it best before the others."""
    with state().store.read() as db:
        offers = [Offer(named, _explain(named, stock)) for named in list_designs(db)]
    return sorted(offers, key=lambda offer: (bool(offer.reason), -_fill(offer.named)))


def _explain(named: NamedDesign, stock: Stock) -> str:
    try:
        check_stock(named.design, stock)
    except Invalid as error:
        return text_error(error)
    return ""


def _fill(named: NamedDesign) -> float:
    return named.design.width_mm * named.design.full_height_mm


def read_design(form: Form, stock: Stock) -> NamedDesign | None:
    """The design a form asks for; None: the automatic arrangement. What does not fit is said in the form."""
    ref = form.get("design")
    if not ref:
        return None
    with form.catch():
        with state().store.read() as db:
            try:
                named = find_design(db, ref[:40])
            except NotFound:
                raise Invalid("design", "“{value}” is no design. Choose one of the list.", value=ref[:40]) from None
        reason = _explain(named, stock)
        if reason:
            name = named.name if named.own else _(named.name)
            raise Invalid(
                "design",
                "“{value}” cannot be printed on these labels: {reason} Choose another design, or other labels.",
                value=name,
                reason=reason,
            )
        return named
    return None


def choose_design(form: Form, ref: str, *, on_page: bool = False) -> None:
    """Choose a design in the form, and pages of its own size when it does not fit the stock there, or when asked."""
    if not ref:
        return
    try:
        with state().store.read() as db:
            named = find_design(db, ref[:40])
    except NotFound:
        return
    form.values["design"] = named.ref
    try:
        stock = get_stock(form.get("stock"))
    except Invalid:
        stock = None
    if on_page or stock is None or _explain(named, stock):
        form.values["stock"] = make_page_stock(named.design.width_mm, named.design.full_height_mm).id
