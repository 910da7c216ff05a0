"""Figures for Prometheus at /metrics, behind a token: counts and ages only, nothing of any scan or person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from shelftalk import __version__
from shelftalk.errors import ShelftalkError
from shelftalk.scans.ledger import SpoolStatus
from shelftalk.scans.reader import ShelfStatus
from shelftalk.scans.timing import KINDS, Times
from shelftalk.store import retention
from shelftalk.web.health import Health, read_health
from shelftalk.web.security import same_text
from shelftalk.web.state import State, state

bp = Blueprint("metrics", __name__)
KIND = "text/plain; version=0.0.4; charset=utf-8"
Value = float | None


@bp.get("/metrics")
def index() -> ResponseReturnValue:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not same_text(given, state().settings.metrics_token):
        abort(404)
    lines = write_metrics(read_health(state()), _count_classes(state()), state().timing.read())
    text = "".join(lines)
    return Response(text, content_type=KIND, headers={"Cache-Control": "no-store"})


def _count_classes(state: State) -> dict[str, int]:
    try:
        with state.store.read() as db:
            return retention.count_classes(db)
    except ShelftalkError:
        return {}


def write_metrics(health: Health, classes: Mapping[str, int], times: Times) -> Iterator[str]:
    """The lines of Prometheus' text format. What cannot be asked is left out, never said to be 0."""
    yield from _write("info", "gauge", "What runs here.", {f'version="{__version__}"': 1})
    yield from _write("healthy", "gauge", "1 when nothing needs anybody now.", {"": health.good})
    yield from _write("scans_total", "counter", "Scans stored, by class.", _label("class", classes))
    yield from _write_times(times)
    if health.spool:
        yield from _write_spool(health.spool)
        oldest = health.oldest_waiting or health.at
        yield from _write(
            "spool_backlog_age_seconds", "gauge", "Since the oldest waiting scan; 0: none.", _age(health, oldest)
        )
    yield from _write("ingest_rate", "gauge", "Scans a second in the last pass.", {"": health.ingest_rate})
    yield from _write(
        "ingest_age_seconds", "gauge", "Since scans were last taken over.", _age(health, health.ingested_at)
    )
    text = "The oldest scan of the last batch waited so long."
    yield from _write("ingest_lag_seconds", "gauge", text, {"": health.ingest_lag_s})
    yield from _write("ingest_failing", "gauge", "1 when the last try failed.", {"": bool(health.ingest_error)})
    yield from _write_shelf(health, health.shelf)
    yield from _write("store_up", "gauge", "1 when the database answers.", {"": health.store_ms is not None})
    yield from _write("store_seconds", "gauge", "To ask the database.", {"": _divide(health.store_ms)})
    yield from _write("backup_age_seconds", "gauge", "Since the last backup.", _age(health, health.backup_at))
    retained = health.retained.at if health.retained else None
    yield from _write("retention_age_seconds", "gauge", "Since old rows were deleted.", _age(health, retained))
    yield from _write("retention_failing", "gauge", "1 when rows are too old.", {"": health.keeps_too_long})


def _write_spool(spool: SpoolStatus) -> Iterator[str]:
    counted = {"served": spool.served, "stored": spool.stored, "set_aside": spool.set_aside, "lost": spool.lost}
    counted |= {"torn": spool.torn}
    text = "Scans and actions of this node since its spool was made, by what became of them."
    yield from _write("spool_scans_total", "counter", text, _label("fate", counted))
    yield from _write("spool_depth", "gauge", "Scans that wait.", {"": spool.depth})
    yield from _write("spool_bytes", "gauge", "Size of the spool.", {"": spool.bytes})
    yield from _write("spool_missing", "gauge", "Answered scans that are nowhere; must be 0.", {"": spool.missing})


def _write_times(times: Times) -> Iterator[str]:
    """One worker answers a scrape, and tells what all of this node noted."""
    buckets: dict[str, Value] = {f'le="{bound}"': count for bound, count in times.list_buckets()}
    text = "From a request's head to its page, scans and pages together."
    yield from _write("answer_seconds", "histogram", text, buckets, "_bucket")
    yield f"shelftalk_answer_seconds_sum {times.seconds:.12g}\nshelftalk_answer_seconds_count {sum(times.counts)}\n"
    answers = dict(zip(KINDS, times.kinds, strict=True))
    yield from _write(
        "answers_total", "counter", "Answers by a scan's class, or why it is none.", _label("class", answers)
    )


def _write_shelf(health: Health, shelf: ShelfStatus | None) -> Iterator[str]:
    yield from _write("shelf_version", "gauge", "The store's version the shelf shows.", {"": health.shelf_version})
    yield from _write("store_version", "gauge", "The version it should show.", {"": health.store_version})
    yield from _write(
        "shelf_age_seconds", "gauge", "Since the shelf last changed.", _age(health, health.shelf_changed_at)
    )
    if shelf:
        yield from _write("shelf_codes", "gauge", "Codes on the shelf.", {"": shelf.codes})
        yield from _write("shelf_pages", "gauge", "Pages on the shelf.", {"": shelf.pages})


def _write(name: str, kind: str, text: str, values: Mapping[str, Value], suffix: str = "") -> Iterator[str]:
    known = {labels: value for labels, value in values.items() if value is not None}
    if known:
        yield f"# HELP shelftalk_{name} {text}\n# TYPE shelftalk_{name} {kind}\n"
    for labels, value in known.items():
        yield (
            f"shelftalk_{name}{suffix}{{{labels}}} {float(value):.12g}\n"
            if labels
            else f"shelftalk_{name} {float(value):.12g}\n"
        )


def _label(name: str, values: Mapping[str, int]) -> dict[str, Value]:
    return {f'{name}="{label}"': value for label, value in sorted(values.items())}


def _age(health: Health, at: datetime | None) -> dict[str, Value]:
    return {"": max(0.0, (health.at - at).total_seconds()) if at else None}


def _divide(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000
