"""What a shopper sends back: a page's forms and questions, handed to the block they belong to.

The door leaves these to Flask: a POST with `?do=<block>`, and a GET with `?ask=` or `?said=<block>`. The address
keeps the code that was scanned, so what is sent counts for that place. Nobody is signed in and no cookie is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, make_response, redirect, request
from flask.typing import ResponseReturnValue

from shelftalk.catalog.codes import normalise_code
from shelftalk.catalog.languages import choose_language
from shelftalk.catalog.page import Block, PageContent
from shelftalk.catalog.product import Product
from shelftalk.catalog.units import drop_unit
from shelftalk.errors import Forbidden, NotFound
from shelftalk.store import Db
from shelftalk.store import pages as page_store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.web.actions import note_action
from shelftalk.web.attempts import name_network
from shelftalk.web.security import csrf
from shelftalk.web.state import state

bp = Blueprint("touch", __name__)
TRAP = "website"  # a field people do not see; only programs fill it in


@dataclass(frozen=True)
class Touch:
    """Who sent what from where: the product, the page as it is published, the block, the reader's language.

    `code` is the scanned code, or empty on the product's own address.
    """

    product: Product
    content: PageContent
    block: Block
    language: str
    code: str
    form: Mapping[str, str]

    @property
    def path(self) -> str:
        """The address of the page it came from."""
        return f"/q/{self.code}" if self.code else f"/p/{self.product.slug}"


@dataclass(frozen=True)
class Reply:
    """What comes back: a template with its values, or with `said` a thank-you that a reload does not send again."""

    template: str = ""
    values: Mapping[str, object] | None = None
    status: int = 200
    said: str = ""  # the block that says thanks; it becomes `?said=`
    mine: str = ""  # signed, finds what was given to the sender again after that; it becomes `&mine=`
    act: str = ""  # what was done; empty: by a form what the block's kind says; "-": nothing that counts


Handler = Callable[[Touch], Reply]
DOES: dict[str, Handler] = {}  # kind of block -> who takes its form
ASKS: dict[str, Handler] = {}  # kind of block -> who answers its questions
SAYS: dict[str, Handler] = {}  # kind of block -> who says thanks


@bp.route("/q/<path:code>", methods=["GET", "POST"])
@bp.route("/p/<path:slug>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # no session stands behind it; the sender's own site is checked below
def take(code: str = "", slug: str = "") -> ResponseReturnValue:
    """One of the page's forms or questions."""
    handlers, block_id = _choose_handlers()
    if request.method == "GET" and state().by_reader.take(name_network(request.remote_addr)):
        abort(429)  # two a second for ten minutes: more than a shop full of people asks
    with state().store.read() as db:
        product = _find_product(db, code, slug)
        content = page_store.get_published(db, product.id) if product.status == "live" else None
    block = _find_block(content, block_id, handlers)
    if content is None or block is None:
        raise NotFound("This part of the page is no longer there. Open the page again.")
    if request.method == "POST":
        _check_sender(block)
    asked = request.values.get("lang", "")
    language = asked if asked in content.languages else _negotiate(content)
    touch = Touch(product, content, block, language, _read_code(code) if code else "", request.values)
    reply = handlers[block.type](touch)
    done = reply.act or (block.type if handlers is DOES else "")
    if done and done != "-" and reply.status < HTTPStatus.BAD_REQUEST and not is_trapped(touch):
        note_action(touch, done)
    return _answer(touch, reply)


def _choose_handlers() -> tuple[Mapping[str, Handler], str]:
    if request.method == "POST":
        return DOES, request.args.get("do", "")
    if "said" in request.args:
        return SAYS, request.args["said"]
    return ASKS, request.args.get("in", "")


def _read_code(text: str) -> str:
    """The placement's code, by which it is kept; which unit it was on stays behind."""
    return drop_unit(normalise_code(text.removesuffix("/")))


def _find_product(db: Db, code: str, slug: str) -> Product:
    if code:
        placement = placement_store.find_placement_by_code(db, _read_code(code))
        product = product_store.get_product(db, placement.product_id) if placement else None
    else:
        product = product_store.find_product_by_slug(db, slug.removesuffix("/"))
    if product is None:
        raise NotFound("We do not know this code")
    return product


def _find_block(content: PageContent | None, block_id: str, handlers: Mapping[str, Handler]) -> Block | None:
    shown = [block for block in content.blocks if not block.hidden] if content else []
    return next((block for block in shown if block.id == block_id and block.type in handlers), None)


def _check_sender(block: Block) -> None:
    """Only our own pages send here, and no address more often than a shop full of people could.

    Pages are sent without a referrer, so what they send may have no origin either: browsers say "null" then.
    """
    origin = request.headers.get("Origin", "").removeprefix("null")
    foreign = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    if foreign or (origin and urlsplit(origin).netloc not in (request.host, urlsplit(state().settings.origin).netloc)):
        raise Forbidden("This was sent from another site. Open the page again and send it from there.")
    if state().by_sender.take(f"{block.id} {name_network(request.remote_addr)}"):
        abort(429)


def _negotiate(content: PageContent) -> str:
    return choose_language(request.headers.get("Accept-Language", ""), content.languages)


def _answer(touch: Touch, reply: Reply) -> ResponseReturnValue:
    if reply.said:
        mine = {"mine": reply.mine} if reply.mine else {}
        query = urlencode({"said": reply.said, "lang": touch.language} | mine)
        return redirect(f"{touch.path}?{query}", 303)
    page = state().renderer.render_answer(
        touch.product,
        touch.content,
        touch.language,
        reply.template,
        {"block": touch.block, "back": f"{touch.path}?lang={touch.language}", **(reply.values or {})},
    )
    answer = make_response(page.html, reply.status)
    answer.headers["Content-Security-Policy"] = page.csp
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Content-Language"] = touch.language
    return answer


def is_trapped(touch: Touch) -> bool:
    """Whether the field nobody sees was filled in: a program did. It is thanked and not kept."""
    return bool(touch.form.get(TRAP))
