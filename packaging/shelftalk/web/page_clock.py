"""Publishes pages and takes them off at the dates they were given: once, whichever process comes first."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from typing import Any

from shelftalk import clock
from shelftalk.errors import Conflict, Invalid, NotFound, ShelftalkError
from shelftalk.store import page_schedules
from shelftalk.store import pages as page_store
from shelftalk.store.page_schedules import Schedule
from shelftalk.web.publishing import list_faults
from shelftalk.web.state import State

log = logging.getLogger(__name__)
POLL_S = 2.0
TOLD = 5  # of what failed, this much is kept


class PageClock:
    """Looks every two seconds. What fell due while nothing ran is done at the start; any number of nodes may look."""

    def __init__(self, state: State) -> None:
        self._state = state

    def run_forever(self, stop: threading.Event) -> None:
        """Until `stop`. A store that is away is asked again."""
        while not stop.wait(POLL_S):
            try:
                if self.run_due():
                    self._state.refresh_shelf()
            except (ShelftalkError, OSError, ValueError) as error:
                log.warning("Dates of pages wait: %s", error)

    def run_due(self) -> list[tuple[Schedule, bool]]:
        """Do what is due, the earliest first; gives what this process did, and whether it worked out."""
        with self._state.store.read() as db:
            due = page_schedules.list_due(db, clock.now())
        done = [(schedule, self._run(schedule)) for schedule in due]
        return [(schedule, worked) for schedule, worked in done if worked is not None]

    def _run(self, schedule: Schedule) -> bool | None:
        """Whether it worked out; None when another process has it."""
        try:
            told = self._check(schedule)
            if not told:
                with self._state.store.write() as db:
                    ran = page_schedules.run_schedule(db, schedule, at=clock.now())
                log.info("page date", extra={"product": schedule.product_id, "what": schedule.what, "ran": ran})
                return ran or None
        except page_store.NotPublishable as error:
            told = [(gap.message, gap.values) for gap in error.gaps]
        except (Conflict, Invalid, NotFound) as error:
            told = [(error.message, error.values)]
        with self._state.store.write() as db:
            page_schedules.fail_schedule(db, schedule.id, format_told(told), at=clock.now())
        log.warning("page date failed", extra={"product": schedule.product_id, "what": schedule.what})
        return False

    def _check(self, schedule: Schedule) -> Sequence[tuple[str, dict[str, object]]]:
        """What the gate has against what was frozen; asked before anything is taken, since links take their time."""
        with self._state.store.read() as db:
            content = page_schedules.find_content(db, schedule.id)
        gaps = list_faults(self._state, schedule.product_id, content) if content else []
        return [(gap.message, gap.values) for gap in gaps]


def format_told(told: Sequence[tuple[str, dict[str, object]]]) -> str:
    """What failed, to keep: translated only when somebody reads it."""
    kept = [{"message": message, "values": values} for message, values in told[:TOLD]]
    return json.dumps(kept, ensure_ascii=False, default=str)


def parse_told(text: str) -> list[tuple[str, dict[str, Any]]]:
    """What was kept of a failure."""
    return [(item["message"], item["values"]) for item in json.loads(text)] if text else []
