"""Many drafts that wait to be published, each the tea's page in five languages with a picture."""

from __future__ import annotations

from shelftalk import clock
from shelftalk.store import gate, media, pages, products
from shelftalk.store.gate import WaitingPage
from shelftalk.web.media import accept_image
from shelftalk.web.state import State
from tests.tea_page import draw_garden, read_page


def add_drafts(state: State, count: int) -> list[WaitingPage]:
    """That many products, every one ready for the gate; their addresses are `tea-1`, `tea-2` and so on."""
    garden, at = accept_image(draw_garden(), "garden.jpg", state.media_folder), clock.now()
    content = read_page(garden.id)
    with state.store.write() as db:
        media.add_media(db, id=garden.id, name=garden.name, width=garden.width, height=garden.height, at=at)
        for number in range(1, count + 1):
            product = products.add_product(
                db, name=f"Tea {number}", brand="Wuling", gtin="", photo="", colour="#1f6f54", at=at
            )
            pages.save_page(db, product.id, 1, content, by="", at=at)
    with state.store.read() as db:
        return gate.list_waiting(db)
