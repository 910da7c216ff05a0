"""What the forms of shopper pages have in common: where they came from, mistakes and mail in the shopper's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Response, render_template

from shelftalk.errors import Invalid
from shelftalk.store import Db
from shelftalk.store.whence import Whence, find_whence
from shelftalk.web.state import state
from shelftalk.web.touch import Touch


def get_whence(db: Db, touch: Touch) -> Whence:
    """Where it was sent from."""
    version = touch.product.published_version or 0
    return find_whence(db, touch.product.id, touch.block.id, version, touch.language, touch.code)


def get_texts(touch: Touch) -> dict[str, object]:
    """The block's words in the reader's language."""
    return dict(touch.content.texts.get(touch.language, {}).get(touch.block.id, {}))


def render_mail(template: str, language: str, values: Mapping[str, object]) -> str:
    """A mail's text in a language, whatever language the request is in."""
    translator = state().translator

    def translate(message: str, **places: object) -> str:
        return translator.translate(message, language, **places)

    return render_template(template, **(dict(values) | {"_": translate}))


@contextmanager
def catch(errors: dict[str, str], touch: Touch) -> Iterator[None]:
    """A mistake raised inside goes beside its field."""
    try:
        yield
    except Invalid as error:
        errors.setdefault(error.field, state().translator.text_error(error, touch.language))


def send_file(content: bytes | str, name: str, mimetype: str) -> Response:
    """A file to keep."""
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
