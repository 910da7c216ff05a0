"""Binds the translator to requests and templates: which language, and the short names views and templates use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from flask import Flask, request, session
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from shelftalk import clock
from shelftalk.catalog.languages import DEFAULT, LANGUAGES, Language, choose_language
from shelftalk.errors import ShelftalkError
from shelftalk.web import i18n
from shelftalk.web.i18n import current_tag
from shelftalk.web.security import current_user
from shelftalk.web.state import get_state, state

NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=[^\s·])")


def _(message: str, **values: object) -> str:
    """The text in the current language, its {places} filled."""
    return state().translator.translate(message, current_tag(), **values)


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """The text for the number `n`, which fills {n}, in the current language."""
    return state().translator.ngettext(singular, plural, n, current_tag(), **values)


def text_error(error: ShelftalkError) -> str:
    """An error as the person who caused it reads it."""
    return state().translator.text_error(error, current_tag())


def choose_staff_language() -> str:
    """The language of this request: the person's own, the one switched to, else the browser's."""
    chosen = session.get("language", "")
    if request.path.startswith("/admin"):
        user = current_user()
        chosen = user.language if user and user.language else chosen
    if chosen in LANGUAGES:
        return str(chosen)
    return choose_language(request.headers.get("Accept-Language", ""), list(LANGUAGES), DEFAULT)


def get_language() -> Language:
    """The current language, with its name and direction."""
    return LANGUAGES[current_tag()]


def icon(name: str, label: str = "", classes: str = "icon") -> Markup:
    """An icon of the sprite; without a label it is decoration that readers skip."""
    spoken = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg class="{}"{} width="20" height="20"><use href="{}#{}"/></svg>').format(
        escape(classes), spoken, static_address("img/icons.svg"), name
    )


def static_address(path: str) -> str:
    """The address of a file of static/, with its version, so that browsers may keep it for good."""
    from flask import url_for

    return url_for("static", filename=path)


def init_texts(app: Flask) -> None:
    """Set the language of each request and give templates `_`, `ngettext`, `icon` and the filters."""
    zone = get_state(app).settings.timezone

    def set_request_language() -> None:
        # First without the store: should it be away, the page that says so still needs a language.
        i18n.set_language(choose_language(request.headers.get("Accept-Language", ""), list(LANGUAGES), DEFAULT))
        if request.endpoint != "static":
            i18n.set_language(choose_staff_language())

    def format_datetime(at: datetime, timezone: str = zone, style: str = "medium") -> str:
        return i18n.format_datetime(at, current_tag(), timezone, style)

    app.before_request(set_request_language)
    app.jinja_env.globals.update(_=_, ngettext=ngettext, icon=icon, get_language=get_language, LANGUAGES=LANGUAGES)
    app.jinja_env.filters.update(
        number=_each_time(lambda value, digits=None: i18n.format_number(value, current_tag(), digits)),
        percent=_each_time(lambda value, digits=0: i18n.format_percent(value, current_tag(), digits)),
        date=_each_time(lambda day, style="medium": i18n.format_date(_as_day(day), current_tag(), style)),
        datetime=_each_time(format_datetime),
        ago=_each_time(lambda at: i18n.format_ago(at, clock.now(), current_tag())),
        text_error=text_error,
        tied=tie_numbers,
    )


def _each_time(write: Callable[..., str]) -> Callable[..., str]:
    """A filter no template runs ahead: a constant would stay in the language of whoever opened the page first."""

    @pass_context
    def write_now(_context: Context, *values: object, **named: object) -> str:
        return write(*values, **named)

    return write_now


def tie_numbers(text: str) -> str:
    """A text whose numbers stay on one line with what they count; a Markup stays one."""
    tied = NUMBER_AND_UNIT.sub("\u00a0", text)
    return Markup(tied) if isinstance(text, Markup) else tied  # noqa: S704 (nothing was added but spaces)


def _as_day(day: date | datetime) -> date:
    return day.date() if isinstance(day, datetime) else day
