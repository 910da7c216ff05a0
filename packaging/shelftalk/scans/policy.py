"""The content security policy of a shopper's page. Knows the page's bytes only."""

from __future__ import annotations

import base64
import hashlib
import re

_STYLE = re.compile(rb"<style\b[^>]*>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)


def make_policy(html: bytes) -> str:
    """Nothing from anywhere else, no inline script; the page's own style blocks are allowed by their hashes."""
    styles = " ".join(["'self'", *dict.fromkeys(_make_hash(style) for style in _STYLE.findall(html))])
    return (
        f"default-src 'none'; style-src {styles}; script-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def _make_hash(text: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
