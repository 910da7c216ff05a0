"""The style of a shopper page and the policy it works under; sheets and pages without idle space. Pure."""

from __future__ import annotations

import base64
import hashlib
import re

from shelftalk.catalog.languages import get_language
from shelftalk.catalog.palette import make_palettes


def make_style(sheet: str, colour: str) -> str:
    """The whole style of a page: the palettes of its colour, then the sheet."""
    light, dark = make_palettes(colour)
    night = "@media screen and (prefers-color-scheme:dark){:root{" + dark.format_css() + "}}"
    return ":root{" + light.format_css() + "}" + night + sheet


def make_digit_style(tag: str) -> str:
    """What numbers lists with the language's own digits; nothing where they are the usual ones."""
    counter = get_language(tag).counter
    return "" if counter == "decimal" else f":root{{--digits:{counter}}}"


def make_policy(style: str, more: str = "") -> str:
    """The content security policy under which a page with this style works and nothing else does."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src 'self'; style-src 'sha256-{digest}'; script-src 'self'; "
        f"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'{more}"
    )


def squeeze_css(sheet: str) -> str:
    """A style sheet without comments and idle space."""
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    sheet = re.sub(r"\s+", " ", sheet)
    return re.sub(r" ?([{};,]) ?|: ", lambda found: found[0].strip(), sheet).replace(";}", "}").strip()


def squeeze_html(html: str) -> str:
    """A page without empty lines; texts keep their own line breaks."""
    return re.sub(r"\n[ \t\n]*\n", "\n", html).strip() + "\n"
