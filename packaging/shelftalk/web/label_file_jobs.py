"""Making a file of labels that takes longer than a request may: in a process of its own, one file at a time.

The file is written whole when it is made and proven, so a kill or a cancellation leaves none.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from shelftalk import clock
from shelftalk.errors import Conflict, ShelftalkError, mark
from shelftalk.labels.label_files import Unproven
from shelftalk.labels.proof import Progress
from shelftalk.store import notes
from shelftalk.store import runs as run_store
from shelftalk.store.db import Db
from shelftalk.web.background import start_command
from shelftalk.web.label_orders import Order, read_order
from shelftalk.web.run_label_files import RunFile, find_run_file
from shelftalk.web.state import State

NOTE, TOLD = "label_file_job", "label_file_job_told"
SILENCE = timedelta(seconds=90)  # without a sign of life it is taken for dead
TELL_S = 1.0
ACCIDENT = mark("It stopped by a mistake of the program, which is in the log: {value}.")


@dataclass(frozen=True)
class FileJob:
    """One file that is to be made; `id` names the process that may."""

    id: str
    run: int
    of: str  # the run's fingerprint: its number is given again after a restore
    query: str  # the order
    labels: int
    by: str
    done: bool = False
    cancelled: bool = False
    fault: str = ""  # a translatable message, with its values in JSON
    fault_values: str = "{}"
    code: str = ""  # of the label that failed its proof

    @property
    def order(self) -> Order:
        """What is wanted."""
        return read_order(dict(parse_qsl(self.query)))

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self.done or self.cancelled or bool(self.fault)

    def is_of(self, file: RunFile) -> bool:
        """Whether it makes this file."""
        return (self.run, self.of, self.query) == (file.run.id, file.run.sha256, file.order.query)


@dataclass(frozen=True)
class Told:
    """The last sign of life: when, and how many labels are made and proven."""

    at: str
    labels: int


class _Superseded(Exception):
    """Somebody cancelled, or another file is made instead."""


def add_job(state: State, file: RunFile, *, by: str) -> FileJob:
    """Note what is to be made; raises Conflict while another file is in the making."""
    run = file.run
    job = FileJob(secrets.token_hex(8), run.id, run.sha256, file.order.query, file.labels, by)
    with state.store.write() as db:
        kept, before = notes.find_note(db, NOTE), _find_job(db)
        running = before is not None and is_running(before, _find_told(db), clock.now())
        if running or not notes.swap_note(db, NOTE, kept, _format(job)):  # perhaps somebody pressed just now
            raise Conflict("Another file is being made. Wait for its end, or cancel it.")
        _tell(db, 0)
    return job


def _find_job(db: Db) -> FileJob | None:
    text = notes.find_note(db, NOTE)
    return FileJob(**json.loads(text)) if text else None


def _format(job: FileJob) -> str:
    return json.dumps(asdict(job), ensure_ascii=False)


def _find_told(db: Db) -> Told | None:
    text = notes.find_note(db, TOLD)
    return Told(**json.loads(text)) if text else None


def _tell(db: Db, labels: int) -> None:
    notes.set_note(db, TOLD, json.dumps(asdict(Told(clock.format_at(clock.now()), labels))))


def read_job(state: State) -> tuple[FileJob | None, Told | None]:
    """The last or present job and its last sign of life."""
    with state.store.read() as db:
        return _find_job(db), _find_told(db)


def is_running(job: FileJob, told: Told | None, at: datetime) -> bool:
    """Whether a process is at it; one that has been silent for long was killed."""
    return not job.ended and told is not None and at - clock.parse_at(told.at) < SILENCE


def cancel(state: State, job: FileJob) -> None:
    """Make the file no further; nothing of it is kept."""
    if not job.ended:
        _change(state, job, replace(job, cancelled=True))


def _change(state: State, job: FileJob, changed: FileJob) -> None:
    """Put `changed` in the place of `job`, if that still stands."""
    with state.store.write() as db:
        notes.replace_note(db, NOTE, _format(job), _format(changed))


def work(state: State, worker: str, tell: Progress = lambda _done, _labels: None) -> None:
    """Make the file of the job that is named so; nothing happens when it was cancelled or another one is noted."""
    job, _told = read_job(state)
    if job is None or job.id != worker or job.ended:
        return
    try:
        _make(state, job, tell)
    except _Superseded:
        return
    except ShelftalkError as fault:
        _note_fault(state, job, job, fault)
    except Exception as error:
        _note_fault(state, job, job, ShelftalkError(ACCIDENT, value=_name_accident(error)))
        raise


def _make(state: State, job: FileJob, tell: Progress) -> None:
    file = _find_file(state, job)
    try:
        file.keep(_follow(state, job, tell))
    except Unproven as fault:
        file.keep_marked(fault.pdf)
        _note_fault(state, replace(job, code=fault.code), job, fault)
    else:
        _change(state, job, replace(job, done=True))


def _name_accident(error: Exception) -> str:
    """What went wrong; of a disk that is full or not there, what the system says."""
    kind = type(error).__name__
    return f"{kind}: {error.strerror}" if isinstance(error, OSError) and error.strerror else kind


def _find_file(state: State, job: FileJob) -> RunFile:
    with state.store.read() as db:
        run = run_store.get_run(db, job.run)
    return find_run_file(state, run, job.order)


def _follow(state: State, job: FileJob, tell: Progress) -> Callable[[int, int], None]:
    """Tells how far it has come, and ends the work when it is no longer wanted."""
    last = clock.monotonic()

    def moved(done: int, labels: int) -> None:
        nonlocal last
        tell(done, labels)
        if done == labels or clock.monotonic() - last > TELL_S:
            last = clock.monotonic()
            with state.store.write() as db:
                if _find_job(db) != job:
                    raise _Superseded
                _tell(db, done)

    return moved


def _note_fault(state: State, failed: FileJob, job: FileJob, fault: ShelftalkError) -> None:
    values = json.dumps(fault.values, default=str)
    _change(state, job, replace(failed, fault=fault.message, fault_values=values))


def launch(state: State, job: FileJob) -> None:
    """Make the file in a process of its own, which gives way to scans."""
    start_command(state.settings, "label-file", "--worker", job.id)
