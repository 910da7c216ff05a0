"""Publishing many pages, in a process of its own and a few at a time, with progress people can see.

A kill loses nothing: what is published stays, and the next start goes on with what still waits. Scans are answered
by other processes and notice nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Conflict, NotFound
from shelftalk.store import gate as gate_store
from shelftalk.store import notes
from shelftalk.store.gate import WaitingPage
from shelftalk.store.pages import NotPublishable
from shelftalk.web.background import start_command
from shelftalk.web.gate import publish_page
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import State, state
from shelftalk.web.texts import _

bp = Blueprint("bulk", __name__, url_prefix="/admin/products/publishing")
TOGETHER = 20  # pages between two looks at the shelf: phones need not wait for the last one
NOTE = "bulk_publishing"
SILENCE = timedelta(seconds=90)  # without a sign of life it is taken for dead
Told = Callable[["Progress"], object]


@dataclass(frozen=True)
class Refusal:
    """A page that was not published: how many things the gate has against it; 0 when somebody changed it meanwhile."""

    product_id: int
    name: str
    gaps: int


@dataclass(frozen=True)
class Progress:
    """How far it has come."""

    total: int
    by: str
    started_at: str
    told_at: str
    done: int = 0
    refused: tuple[Refusal, ...] = ()
    ended: bool = False

    @property
    def published(self) -> int:
        """Pages that are live by now."""
        return self.done - len(self.refused)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return (clock.parse_at(self.told_at) - clock.parse_at(self.started_at)).total_seconds()

    def is_running(self, at: datetime) -> bool:
        """Whether it still works; one that has been silent for long was killed."""
        return not self.ended and at - clock.parse_at(self.told_at) < SILENCE


def publish_many(
    state: State, pages: Sequence[WaitingPage], *, by: str, tell: Told = lambda _progress: None
) -> Progress:
    """Publish the pages that pass the gate; tells after each, and puts them on the shelf a few at a time."""
    begun = clock.format_at(clock.now())
    progress = Progress(len(pages), by, begun, begun)
    for number, page in enumerate(pages, start=1):
        refusal = _publish_one(state, page, by)
        refused = (*progress.refused, refusal) if refusal else progress.refused
        progress = replace(progress, done=number, refused=refused, told_at=clock.format_at(clock.now()))
        if number % TOGETHER == 0:
            state.refresh_shelf()
        tell(progress)
    state.refresh_shelf()
    progress = replace(progress, ended=True, told_at=clock.format_at(clock.now()))
    tell(progress)
    return progress


def _publish_one(state: State, page: WaitingPage, by: str) -> Refusal | None:
    try:
        publish_page(state, page.id, by=by, at=clock.now())
    except NotPublishable as error:
        return Refusal(page.id, page.name, len(error.gaps))
    except (Conflict, NotFound):
        return Refusal(page.id, page.name, 0)
    return None


def read_progress(state: State) -> Progress | None:
    """The last or present publication of many."""
    with state.store.read() as db:
        text = notes.find_note(db, NOTE)
    return _parse_progress(text) if text else None


def _parse_progress(text: str) -> Progress:
    raw = json.loads(text)
    return Progress(**raw | {"refused": tuple(Refusal(**one) for one in raw["refused"])})


def _format_progress(progress: Progress) -> str:
    return json.dumps(asdict(progress), ensure_ascii=False)


def write_progress(state: State, progress: Progress) -> None:
    """Keep how far it has come, for whichever process shows it."""
    with state.store.write() as db:
        notes.set_note(db, NOTE, _format_progress(progress))


def tell_store(state: State) -> Told:
    """Writes progress down, but not more often than people look."""
    last = [0.0]

    def tell(progress: Progress) -> None:
        if progress.ended or clock.monotonic() - last[0] > 1:
            last[0] = clock.monotonic()
            write_progress(state, progress)

    return tell


def claim(state: State, by: str) -> bool:
    """Be the one who publishes now; False when somebody does already, also when both ask in the same moment."""
    at = clock.now()
    with state.store.write() as db:
        text = notes.find_note(db, NOTE)
        if text and _parse_progress(text).is_running(at):
            return False
        begun = clock.format_at(at)
        progress = Progress(len(gate_store.list_waiting(db)), by, begun, begun)
        new = _format_progress(progress)
        return notes.replace_note(db, NOTE, text, new) if text else notes.add_note(db, NOTE, new)


def start(state: State, by: str) -> None:
    """Publish all that waits in a process of its own, which gives way to scans."""
    start_command(state.settings, "publish", f"--by={by}")


@bp.get("/")
@requires("staff")
def show() -> ResponseReturnValue:
    progress, at = read_progress(state()), clock.now()
    with state().store.read() as db:
        waiting = gate_store.list_waiting(db)
    running = progress is not None and progress.is_running(at)
    return render_template("bulk/show.html", progress=progress, running=running, waiting=waiting)


@bp.post("/")
@requires("marketer")
def begin() -> ResponseReturnValue:
    by = get_actor().name
    if claim(state(), by):
        start(state(), by)
    else:
        flash(_("Pages are being published already."), "warning")
    return redirect(url_for("bulk.show"), 303)
