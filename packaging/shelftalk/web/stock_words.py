"""The stocks as the screens name them: by maker, with their measures and use in the reader's language."""

from __future__ import annotations

from shelftalk.errors import mark
from shelftalk.labels.stock import Stock, search_stocks
from shelftalk.web.state import state
from shelftalk.web.stock_library import is_own, list_stocks
from shelftalk.web.texts import _

# What a page that is one label is good for.
USES = {
    "single-62x29": mark("for rolls 62 mm wide"),
    "single-57x32": mark("for rolls 57 mm wide"),
    "single-50x50": mark("square"),
    "single-100x60": mark("shelf talker"),
    "single-100x150": mark("4 × 6 in rolls, small poster"),
    "single-148x210": mark("poster, A5"),
}


def find_stocks(search: str) -> list[Stock]:
    """The stocks that match what was typed, the number itself first; none while nothing is."""
    if not search.strip():
        return []
    with state().store.read() as db:
        return search_stocks(search.strip()[:100], list_stocks(db))


def group_stocks(chosen: Stock) -> list[tuple[str, list[Stock]]]:
    """The stocks by maker: one's own first, single labels last. What is chosen is always among them."""
    with state().store.read() as db:
        stocks = list_stocks(db)
    groups: dict[str, list[Stock]] = {}
    for stock in stocks if chosen in stocks else [chosen, *stocks]:
        groups.setdefault("own" if is_own(stock) else _name_group(stock), []).append(stock)
    return sorted(groups.items(), key=lambda group: (group[0] != "own", group[0] == ""))


def _name_group(stock: Stock) -> str:
    """The maker; with the paper where it makes sheets for several."""
    return f"{stock.maker} · {stock.paper}" if stock.maker == "Avery" else stock.maker


def describe_stock(stock: Stock) -> str:
    """A stock's measures and use in the reader's language: “63.5 × 38.1 mm, 21 on A4”."""
    if stock.id.startswith("page-"):
        return _("one on a page")
    if stock.count == 1:
        return _(USES[stock.id]) if stock.id in USES else stock.name
    measure = f"\N{LEFT-TO-RIGHT ISOLATE}{stock.name.partition(',')[0]}\N{POP DIRECTIONAL ISOLATE}"
    return _("{measure}, {count} on {paper}", measure=measure, count=stock.count, paper=stock.paper)
