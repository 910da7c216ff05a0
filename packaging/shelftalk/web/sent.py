"""What the forms of shopper pages have in common: whose page it was, and errors in the shopper's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response

from shelftalk.errors import Invalid
from shelftalk.store import Db
from shelftalk.store.whence import Whence, find_whence
from shelftalk.web.state import state
from shelftalk.web.touch import Touch


def get_whence(db: Db, touch: Touch) -> Whence:
    """Where it was sent from."""
    version = touch.product.published_version or 0
    return find_whence(db, touch.product.id, touch.block.id, version, touch.language, touch.code)


def translate(touch: Touch) -> Callable[[Invalid], str]:
    """Writes mistakes the way the shopper reads."""
    return lambda error: state().translator.text_error(error, touch.language)


@contextmanager
def catch(errors: dict[str, str], touch: Touch) -> Iterator[None]:
    """A mistake raised inside goes beside its field."""
    try:
        yield
    except Invalid as error:
        errors.setdefault(error.field, translate(touch)(error))


def send_file(content: bytes | str, name: str, mimetype: str) -> Response:
    """A file to keep."""
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
