"""The links of a mail: confirming an address, and leaving. Signed, for people without an account.

Opening a link changes nothing, because mail programs open links too; the button on the page does. A mail program's
own "unsubscribe" sends the form by itself (RFC 8058).
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, current_app, make_response, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, PageContent
from shelftalk.errors import NotFound
from shelftalk.scans.shelf import RenderedPage
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store import sent as sent_store
from shelftalk.store import sign_ups as sign_up_store
from shelftalk.store.sign_ups import SignUp
from shelftalk.web.i18n import current_tag
from shelftalk.web.security import csrf
from shelftalk.web.state import state

bp = Blueprint("mail_links", __name__, url_prefix="/mail")
DAY_S = 24 * 3600
LIFE_S = {"confirm": sent_store.CONFIRM_DAYS * DAY_S, "leave": None}  # an address can be taken back for ever
EMPTY = PageContent((), {})


def make_link(work: str, sign_up_id: int, email: str) -> str:
    """The address a mail carries: on the configured origin, whoever asked."""
    signed = _signer(work).dumps([sign_up_id, _mark(email)])
    token = signed if isinstance(signed, str) else signed.decode()
    return f"{state().settings.origin}/mail/{work}/{token}"


def _signer(work: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"mail {work}")


def _mark(email: str) -> str:
    """Ties a link to its address without naming it."""
    return hashlib.sha256(email.encode()).hexdigest()[:12]


def _find(work: str, token: str) -> SignUp | None:
    """Whose link it is, or None when they left or were deleted; raises NotFound for a link that was never ours."""
    try:
        sign_up_id, mark = _signer(work).loads(token[:300], max_age=LIFE_S[work])
    except (BadSignature, ValueError, TypeError):
        raise NotFound("This link does not work any more. Sign up again, or write to the sender.") from None
    with state().store.read() as db:
        found = sign_up_store.find_sign_up(db, int(sign_up_id))
    return found if found and _mark(found.email) == mark else None


@bp.get("/<any(confirm, leave):work>/<token>")
def ask(work: str, token: str) -> ResponseReturnValue:
    """The page with the button."""
    found = _find(work, token)
    done = found is None if work == "leave" else bool(found and found.confirmed_at)
    return _render(found, f"answers/signup-{work}.html", done=done)


@bp.post("/<any(confirm, leave):work>/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # no session stands behind it; the link itself is the secret
def do(work: str, token: str) -> ResponseReturnValue:
    """The button, or a mail program's own."""
    found = _find(work, token)
    if found:
        with state().store.write() as db:
            change = sign_up_store.confirm_sign_up if work == "confirm" else sign_up_store.leave_sign_up
            change(db, found.id, at=clock.now())
    return _render(found, f"answers/signup-{work}.html", done=True)


def _render(found: SignUp | None, template: str, *, done: bool) -> ResponseReturnValue:
    """The page in the looks of the product it was about; of one who is gone, in the site's own."""
    if found is None:
        return _send(state().renderer.render_notice("left", current_tag()))
    with state().store.read() as db:
        product = product_store.get_product(db, found.product_id)
        content = (page_store.get_published(db, product.id) if product.status == "live" else None) or EMPTY
    asked = request.args.get("lang", "")
    language = asked if asked in LANGUAGES else found.language
    back = f"/p/{product.slug}?lang={language}" if content.blocks else ""
    block = Block(found.block_id, "signup", False, {})
    values = {"block": block, "back": back, "done": done, "sign_up": found}
    return _send(state().renderer.render_answer(product, content, language, template, values))


def _send(page: RenderedPage) -> ResponseReturnValue:
    answer = make_response(page.html)
    answer.headers["Content-Security-Policy"] = page.csp
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
