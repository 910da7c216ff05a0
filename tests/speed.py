"""What the tests do once instead of once for each application: nothing that a test could see."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from shelftalk.catalog.media import Media
from shelftalk.sample.pictures import draw_picture
from shelftalk.web import sample
from shelftalk.web.media import accept_image
from shelftalk.web.state import get_state

_build_code = Rule._compile_builder
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


class TemplateCode(BytecodeCache):
    """Compiled templates by their text, so that the same template is compiled once a process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


# Two settings of Jinja make two codes of one template.
_staff_code, _shopper_code = TemplateCode(), TemplateCode()


def share_templates(app: Flask) -> None:
    """Let the application take templates that another one has compiled already."""
    app.jinja_env.bytecode_cache = _staff_code
    get_state(app).renderer._environment.bytecode_cache = _shopper_code


def share_addresses() -> None:
    """Let Werkzeug write and compile the code that builds an address once for each address."""

    def build_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        converters = tuple(sorted((name, type(one)) for name, one in rule._converters.items()))
        key = (rule.rule, tuple(rule._trace), defaults, repr(converters), append_unknown)
        if key not in _builders:
            _builders[key] = _build_code(rule, append_unknown)
        return _builders[key]

    Rule._compile_builder = build_once  # type: ignore[method-assign]


def share_pictures() -> None:
    """Let the sample's pictures be drawn and encoded once, for all who load the sample."""

    @cache
    def accept(data: bytes, name: str) -> tuple[Media, Mapping[str, bytes]]:
        with tempfile.TemporaryDirectory() as folder:
            media = accept_image(data, name, Path(folder))
            return media, {path.name: path.read_bytes() for path in Path(folder).iterdir()}

    def accept_once(data: bytes, name: str, folder: Path) -> Media:
        media, files = accept(data, name)
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        return media

    sample.draw_picture = cache(draw_picture)  # type: ignore[attr-defined]
    sample.accept_image = accept_once  # type: ignore[attr-defined]
