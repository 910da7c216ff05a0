"""What an address may hold: numbers every database can take, and no NUL characters. Knows no view."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter


class NumberConverter(IntegerConverter):
    """An id in an address. Longer ones are nobody's, and no column could hold them."""

    regex = "[0-9]{1,15}"


def refuse_nul() -> None:
    """PostgreSQL keeps no NUL in a text, so nothing is ever found by one."""
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(400)


def init_addresses(app: Flask) -> None:
    """Guard all addresses; must come before the areas give theirs."""
    app.url_map.converters["int"] = NumberConverter
    app.before_request(refuse_nul)
