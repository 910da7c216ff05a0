"""Pages just rendered for the gate, kept for the shelf to take as they are. Knows no store, template or clock."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shelftalk.catalog.media import Media
from shelftalk.catalog.page import PageContent
from shelftalk.catalog.product import Product
from shelftalk.scans.shelf import RenderedPage

KEPT = 40  # products: two rounds of publishing many


@dataclass(frozen=True)
class Source:
    """All that pages were rendered from; two that are equal give the same pages."""

    product: Product
    content: PageContent
    media: Mapping[str, Media]
    extras: Mapping[str, object]
    without: frozenset[str] = frozenset()  # kinds of blocks that were left out


class ReadyPages:
    """The last pages rendered, by product. Each is given out once, and only for exactly what it was rendered from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[Source, Sequence[RenderedPage]]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, source: Source, pages: Sequence[RenderedPage]) -> None:
        """Keep the pages of a product; those of the product before them and the oldest ones go."""
        with self._lock:
            self._kept.pop(source.product.id, None)
            self._kept[source.product.id] = (_strip(source), pages)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def take(self, source: Source) -> list[RenderedPage] | None:
        """The pages rendered from this, or None when something about it is another by now."""
        with self._lock:
            kept = self._kept.pop(source.product.id, None)
        return list(kept[1]) if kept and kept[0] == _strip(source) else None


def _strip(source: Source) -> Source:
    """Without what publishing itself changes of a product; no page shows it."""
    product = source.product
    plain = replace(product, status="", published_version=None, revision=0, updated_at=product.created_at)
    return replace(source, product=plain)
