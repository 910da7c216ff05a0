"""A page as a phone would show it, for a frame of the staff area: a draft, an older version, a template."""

from __future__ import annotations

from flask import Response, make_response, request

from shelftalk.catalog.languages import DEFAULT, get_language
from shelftalk.catalog.page import PageContent
from shelftalk.store import media as media_store
from shelftalk.store import products as product_store
from shelftalk.store.extras import load_extras
from shelftalk.web.i18n import current_tag
from shelftalk.web.security import allow_framing
from shelftalk.web.shopper import list_pictures
from shelftalk.web.state import state


def render_preview(product_id: int, content: PageContent, *, writing: bool = False) -> Response:
    """The page in the language asked for; it runs in a frame of the staff area and nowhere else.

    Whoever is `writing` it sees the places of blocks that are not shown yet, too.
    """
    asked = request.values.get("lang") or request.values.get("show") or ""
    tag = get_language(asked).tag if asked else (content.languages or (DEFAULT,))[0]
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        pictures = media_store.find_media(db, list_pictures(product, content))
        extras = load_extras(db, product_id, content)
    writer = current_tag() if writing else ""
    page = state().renderer.render_page(product, content, tag, pictures, extras, preview=True, writer=writer)
    answer = allow_framing(make_response(page.html))
    answer.headers["Content-Security-Policy"] = page.csp.replace("script-src 'self'", "script-src 'none'")
    return answer
