"""The staff area's front page: the last 28 days, what needs a look, and the first steps of a new brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import DEFAULT, LANGUAGES
from shelftalk.catalog.placement import MEDIA
from shelftalk.errors import mark
from shelftalk.reports.numbers import CLASSES, SILENT_DAYS, USUAL_DAYS, USUAL_SCANS, add_days, measure_usual
from shelftalk.reports.periods import DEFAULT_PRESET, make_period
from shelftalk.store import Db, attention, notes, page_schedules, questions, reviews, rollups
from shelftalk.store.attention import Progress
from shelftalk.store.sample import has_sample
from shelftalk.web.auth import needs_set_up
from shelftalk.web.forms import fresh_form
from shelftalk.web.health import BACKUP_DAYS, LAST_BACKUP
from shelftalk.web.page_schedule import describe_failure
from shelftalk.web.print_queues import count_queues
from shelftalk.web.report_figures import (
    WHY_A_RANGE,
    make_chart,
    make_earlier_line,
    read_figures,
    read_marks,
    read_names,
)
from shelftalk.web.report_query import ReportQuery
from shelftalk.web.security import ask_to_sign_in, current_user, public
from shelftalk.web.state import state
from shelftalk.web.texts import _, ngettext

bp = Blueprint("overview", __name__)
SHOWN = 3  # of each kind of thing that needs a look
LONG_SILENCE = 60  # days; who did not look by then knows
MOST_QUIET = 60  # placements looked at more closely


@dataclass(frozen=True)
class Notice:
    """Something that needs a look. `tone`: bad or warn."""

    tone: str
    title: str
    text: str
    path: str


@dataclass(frozen=True)
class Step:
    """One of a new brand's first steps."""

    label: str
    text: str
    path: str
    done: bool


# Count of the store's progress, what to do, why, and where.
STEPS = (
    ("own_products", mark("Add a product"), mark("Its name, brand, photo and colour."), "/admin/products/new"),
    (
        "own_pages",
        mark("Write its page"),
        mark("What shoppers ask in the aisle, in their language."),
        "/admin/products/",
    ),
    ("own_locations", mark("Add a location"), mark("A shop, with its time zone."), "/admin/locations/new"),
    ("own_placements", mark("Place it"), mark("On the pack, the shelf: each has a code."), "/admin/placements/new"),
    ("runs", mark("Print the label"), mark("On sheets; every code is read back first."), "/admin/labels/"),
    ("own_scans", mark("Scan it"), mark("With your phone. It is counted here within seconds."), "/admin/reports/"),
)


@bp.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("overview.index"), 303)


@bp.get("/admin/")
@public
def index() -> ResponseReturnValue:
    if current_user() is None:
        return redirect(url_for("auth.set_up"), 303) if needs_set_up() else ask_to_sign_in()
    at = clock.now()
    with state().store.read() as db:
        names, places = read_names(db)
        today = clock.local_hour(at, state().settings.timezone)[0]
        newest = max((clock.local_hour(at, zone)[0] for zone in {item.timezone for item in places}), default=today)
        query = ReportQuery(DEFAULT_PRESET, make_period(DEFAULT_PRESET, today, newest), today)
        figures = read_figures(db, query, names)
        progress, sample = attention.get_progress(db), has_sample(db)
        notices = list_notices(db, progress, today, at)
        marks = read_marks(db, query)
    notices += list_print_notices()
    steps = list_steps(progress)
    return render_template(
        "overview/index.html",
        query=query,
        figures=figures,
        names=names,
        chart=make_chart(figures, marks),
        earlier_line=make_earlier_line(figures),
        classes=CLASSES,
        notices=notices,
        steps=[] if sample or all(step.done for step in steps) else steps,
        sample=sample,
        is_empty=not progress.products,
        sample_form=fresh_form(),
        why_a_range=WHY_A_RANGE,
    )


def list_steps(progress: Progress) -> list[Step]:
    """The first steps and which are done."""
    return [Step(label, text, path, bool(getattr(progress, name))) for name, label, text, path in STEPS]


def list_notices(db: Db, progress: Progress, today: date, at: datetime) -> list[Notice]:
    """What needs a look, the most urgent first."""
    found = [*_list_failed_dates(db), *_list_silent(db, today)]
    if progress.products:
        found += [*_list_voices(db), *_list_outdated(db), *_list_incomplete(db), *_list_unpublished(db)]
    if progress.own_placements and state().settings.origin_is_local:
        text = _("Codes printed now would open on this machine only. Set SHELFTALK_ORIGIN before you print for a shop.")
        found.append(Notice("bad", _("The address is local"), text, "/admin/status"))
    if progress.own_products:
        found += _list_backup(db, at)
    return sorted(found, key=lambda notice: notice.tone != "bad")


def list_print_notices() -> list[Notice]:
    """What is to be printed: labels that say something else today, and placements that have none."""
    counts = count_queues()
    changed = ngettext("{n} label says something else today", "{n} labels say something else today", counts.changed)
    missing = ngettext("{n} placement has no label yet", "{n} placements have no label yet", counts.unprinted)
    found = [
        (counts.changed, Notice("warn", changed, _("Changed since they were printed."), "/admin/print-queues/changed")),
        (counts.unprinted, Notice("warn", missing, _("In use, and never printed."), "/admin/print-queues/")),
    ]
    return [notice for count, notice in found if count]


def _list_silent(db: Db, today: date) -> list[Notice]:
    window = clock.days_before(today, LONG_SILENCE), clock.days_before(today, SILENT_DAYS + 1)
    silent: list[tuple[float, date, attention.PlacementPlace]] = []
    for placement_id, last_day in attention.list_quiet_placements(db, *window, today, MOST_QUIET):
        place = attention.get_place(db, placement_id)
        rows = rollups.list_placement_days(db, clock.days_before(last_day, USUAL_DAYS), last_day, placement_id)
        usual = measure_usual(add_days(rows), last_day, place.installed_on)
        if usual >= USUAL_SCANS:
            silent.append((usual, last_day, place))
    silent.sort(key=lambda item: (-item[0], item[2].id))
    return [_make_silence(*item, today) for item in silent[:SHOWN]]


def _make_silence(usual: float, last_day: date, place: attention.PlacementPlace, today: date) -> Notice:
    where = place.location_name or _("Anywhere")
    text = _(
        "{product}: no scan for {days} days; usually {usual} a day. Fallen or covered?",
        product=place.product_name,
        days=(today - last_day).days,
        usual=round(usual),
    )
    title = _("Silent: {medium}, {place}", medium=_(MEDIA[place.medium].label), place=where)
    return Notice("bad", title, text, url_for("reports.placement", placement_id=place.id, period="90"))


def _list_failed_dates(db: Db) -> list[Notice]:
    notices = []
    for item in page_schedules.list_failures(db, SHOWN):
        what = _("Not published") if item.what == "publish" else _("Not taken off phones")
        why = next(iter(describe_failure(item.told)), "")
        path = url_for("page_schedule.index", product_id=item.product_id)
        notices.append(Notice("bad", f"{what}: {item.name}", why, path))
    return notices


def _list_voices(db: Db) -> list[Notice]:
    """What shoppers wrote and nobody has read."""
    waiting, opened = reviews.count_waiting(db), questions.count_open(db)
    review = ngettext("{n} review waits to be read", "{n} reviews wait to be read", waiting)
    question = ngettext("{n} question has no answer", "{n} questions have no answer", opened)
    found = [
        (waiting, Notice("warn", review, _("Nothing unread is on a page."), "/admin/reviews/?state=waiting")),
        (opened, Notice("warn", question, _("Left by shoppers on product pages."), "/admin/questions/?state=open")),
    ]
    return [notice for count, notice in found if count]


def _list_outdated(db: Db) -> list[Notice]:
    texts = attention.list_outdated_texts(db, DEFAULT, SHOWN)
    return [
        Notice(
            "warn",
            _("Page older than its source: {language}", language=LANGUAGES[item.language].name),
            _("{product}: the English text changed on {day}.", product=item.name, day=item.changed_at.date()),
            f"/admin/products/{item.id}/page?language={quote(item.language)}",
        )
        for item in texts
        if item.language in LANGUAGES
    ]


def _list_incomplete(db: Db) -> list[Notice]:
    notices = []
    for item in attention.list_incomplete_pages(db, SHOWN):
        missing = attention.list_missing_languages(db, item.id)
        languages = ", ".join(language.name for tag, language in LANGUAGES.items() if tag in missing)
        title = _("Page without a language: {product}", product=item.name)
        text = _("Other pages have {languages}; this one lacks it.", languages=languages)
        notices.append(Notice("warn", title, text, f"/admin/products/{item.id}/page"))
    return notices


def _list_unpublished(db: Db) -> list[Notice]:
    drafts = attention.list_unpublished(db, SHOWN)
    if not drafts:
        return []
    count = drafts[0].total
    title = ngettext("{n} product was never published", "{n} products were never published", count)
    text = ", ".join(item.name for item in drafts) + (" …" if count > len(drafts) else "")
    path = f"/admin/products/{drafts[0].id}/page" if count == 1 else "/admin/products/?status=draft"
    return [Notice("warn", title, text, path)]


def _list_backup(db: Db, at: datetime) -> list[Notice]:
    note = notes.find_note(db, LAST_BACKUP)
    text = _("Run “flask backup FILE” and keep the file elsewhere.")
    if not note:
        return [Notice("warn", _("There is no backup yet"), text, "/admin/status")]
    days = (at - clock.parse_at(note)).days
    title = ngettext("The last backup is {n} day old", "The last backup is {n} days old", days)
    return [Notice("warn", title, text, "/admin/status")] if days >= BACKUP_DAYS else []
