"""Whatever happens in whatever order, count in is count out: a machine tries orders nobody would think of.

Real files, a real store. A kill is an exception no code of ours may catch, at the nth step that touches the disk;
with a power cut, deletions the folder was not synced after are undone. `FAULTS=all` tries far more of them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from stat import S_ISDIR

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from scan_support import a_scan, code_number

from shelftalk.scans import ledger as ledgers
from shelftalk.scans import segment as segments
from shelftalk.scans.aside import read_aside
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.record import Action, Record, format_record
from shelftalk.scans.segment import list_segments
from shelftalk.scans.spool import Limits, Spool
from shelftalk.store import Store, actions, scans
from shelftalk.store.sqlite import SqliteEngine
from shelftalk.web.scan_path import StoreSink
from tests.store.test_store_contract import add_placement, add_product

pytestmark = pytest.mark.faults
ALL = os.environ.get("FAULTS") == "all"
EXAMPLES, STEPS = (1_500, 60) if ALL else (60, 25)
MEMORY = os.environ.get("PYTEST_DEBUG_TEMPROOT")  # where the tests keep their folders: the cuts are played, not real
LIMITS = Limits(segment_bytes=300, patience_s=20, retry_s=0)  # a busy disk is not what is tried here
STRANGERS = tuple(code_number(n) for n in range(900, 903))  # codes the store does not know, at first
ROLLUPS = {
    "rollup_placement_days": "placement_id, day, scan_class",
    "rollup_product_location_days": "day, product_id, coalesce(location_id, 0), scan_class",
    "rollup_location_hours": "day, hour, coalesce(location_id, 0), scan_class",
}


class Killed(BaseException):
    """Stands for a process that is gone at that point."""


@cache
def make_template() -> tuple[Path, tuple[str, ...]]:
    """A store with placements, made once: the file and their codes."""
    path = Path(tempfile.mkdtemp(prefix="any-order", dir=MEMORY)) / "store.sqlite"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    store = Store(SqliteEngine(path))
    store.migrate()
    with store.write() as db:
        product = add_product(db)
        codes = tuple(add_placement(db, product).code for _ in range(3))
        db.connection.execute("insert or replace into notes values ('shelf_version', '1')")
    store.close()
    return path, codes


class Disk:
    """Stands before the calls that change the disk and kills whoever makes the nth, before or after it."""

    def __init__(self, steps: int, *, after: bool, power: bool) -> None:
        self.left = steps
        self._after = after
        self._power = power
        self._deleted: dict[Path, bytes] = {}  # since their folder was last synced

    @contextmanager
    def kills(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("replace", "rename", "unlink", "fsync", "link"):
                patch.setattr(os, name, self.stand_before(name, getattr(os, name)))
            try:
                yield
            except Killed:
                self._cut()

    def stand_before(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def step(*given: object, **options: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise Killed
            if self.left == 0 and not self._after:
                raise Killed
            if name == "unlink":
                with suppress(OSError):
                    self._deleted[Path(str(given[0]))] = Path(str(given[0])).read_bytes()
            done = call(*given, **options)
            if name == "fsync" and isinstance(given[0], int) and S_ISDIR(os.fstat(given[0]).st_mode):
                self._deleted.clear()
            if self.left == 0:
                raise Killed
            return done

        return step

    def _cut(self) -> None:
        for path, content in self._deleted.items() if self._power else ():
            if not path.exists():
                path.write_bytes(content)


class MortalSink(StoreSink):
    """The real sink; its commit counts among the steps, too."""

    def __init__(self, store: Store, disk: Disk) -> None:
        super().__init__(store, "UTC")
        for name in ("write_batch", "forget_positions"):
            setattr(self, name, disk.stand_before(name, getattr(self, name)))


class AnyOrder(RuleBasedStateMachine):
    """Shoppers, servers that die, ingesters that die, disks that fill, staff who mend."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="any-order", dir=MEMORY))
        template, codes = make_template()
        self.path = self.folder / "store.sqlite"
        shutil.copy(template, self.path)
        self.store = Store(SqliteEngine(self.path))
        self.codes = [*codes, *STRANGERS]
        self.known = set(codes)
        self.spool = Spool(self.folder / "spool", limits=LIMITS)
        self.sent: Counter[str] = Counter()
        self.lost = 0
        self.kept_ledger = True
        self.number = 0

    def make_record(self, which: int) -> Record:
        """A scan, and each second time what somebody did on the page it opened."""
        self.number += 1
        scan = a_scan(code=self.codes[which], first_of_day=self.number % 3 == 0)
        at = scan.at + timedelta(hours=self.number)
        if self.number % 2:
            return replace(scan, at=at)
        what = ("buy", "buy", "go", "fa", "phone", "person", 2, self.number % 3 == 0)
        return Action(at, self.codes[which], 1, *what)

    @rule(which=st.lists(st.integers(0, 5), min_size=1, max_size=6))
    def scan(self, which: list[int]) -> None:
        for place in which:
            record = self.make_record(place)
            assert self.spool.append(record) == "kept"
            self.sent[record.code] += 1

    @rule(which=st.integers(0, 5), error=st.sampled_from([5, 28]))
    def scan_while_the_disk_refuses(self, which: int, error: int) -> None:
        def refuse(*_given: object) -> int:
            raise OSError(error, os.strerror(error))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "pwritev", refuse)
            patch.setattr(os, "write", refuse)
            assert self.spool.append(self.make_record(which)) == "lost"
        self.lost += 1

    @rule()
    def stop_the_server(self) -> None:
        self.spool.close()
        self.spool = Spool(self.folder / "spool", limits=LIMITS)

    @rule(tail=st.sampled_from(["", "half", "zeros", "whole"]), stale=st.booleans())
    def kill_the_server(self, tail: str, stale: bool) -> None:
        """Its last write may be torn, or whole and never answered; its meter may lag behind."""
        segment = self.spool._segment
        self.lost -= self.spool._unfiled  # declared while no segment could be made: told in the log alone
        self.spool._unfiled = 0
        if segment and not segment.broken:
            path = self.spool.folder / segment.name
            if stale:
                segment.synced, segment.synced_lines = len(segments.HEADER), 0
                segment.show()
            record = self.make_record(0)
            line = format_record(record)
            with path.open("ab") as file:
                file.write({"": b"", "half": line[:17], "zeros": b"\0" * 40, "whole": line}[tail])
            self.sent[record.code] += tail == "whole"
            segment.show = lambda: None  # type: ignore[method-assign]  # it does not come to that
        self.spool.close()
        self.spool = Spool(self.folder / "spool", limits=LIMITS)

    def ingest_with(self, sink: StoreSink) -> None:
        Ingester(self.spool, sink).ingest_once()
        self.check_never_too_many()

    @rule()
    def ingest(self) -> None:
        self.ingest_with(StoreSink(self.store, "UTC"))

    @rule(steps=st.integers(1, 40), after=st.booleans(), power=st.booleans())
    def ingest_and_die(self, steps: int, after: bool, power: bool) -> None:
        disk = Disk(steps, after=after, power=power)
        with disk.kills():
            self.ingest_with(MortalSink(self.store, disk))

    @rule(steps=st.integers(1, 30), after=st.booleans(), power=st.booleans())
    def try_what_was_set_aside_and_die(self, steps: int, after: bool, power: bool) -> None:
        disk = Disk(steps, after=after, power=power)
        with disk.kills():
            Ingester(self.spool, MortalSink(self.store, disk)).retry_set_aside()

    @rule()
    def try_what_was_set_aside(self) -> None:
        Ingester(self.spool, StoreSink(self.store, "UTC")).retry_set_aside()

    @precondition(lambda self: len(self.known) < 6)
    @rule()
    def make_a_strange_code_known(self) -> None:
        code = next(code for code in STRANGERS if code not in self.known)
        with self.store.write() as db:
            place = db.value("find_code", code=self.codes[0])
            db.connection.execute("insert into codes values (?, ?, '2026-01-01')", (code, place))
        self.known.add(code)

    @rule()
    def lose_the_ledger(self) -> None:
        """Only its numbers: the store's own positions rule."""
        (self.spool.folder / "ledger.json").write_text("{")
        self.kept_ledger = False

    @precondition(lambda self: read_aside(self.spool.folder))
    @rule()
    def tear_the_last_entry_set_aside(self) -> None:
        with (self.spool.folder / "set-aside.jsonl").open("a") as file:
            file.write('{"place": "2026')

    @precondition(lambda self: list_segments(self.spool.folder))
    @rule()
    def put_an_old_store_back(self) -> None:
        """As restoring a backup does, while all that was stored since still lies in the spool."""
        copy = self.folder / "backup.sqlite"
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.path)) as live, closing(sqlite3.connect(copy)) as other:
            live.backup(other)
        before = set(list_segments(self.spool.folder))
        aside = (self.spool.folder / "set-aside.jsonl").read_bytes() if read_aside(self.spool.folder) else b""
        with suppress(Killed), pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledgers, "remove_segment", _die)
            self.ingest()
        now = (self.spool.folder / "set-aside.jsonl").read_bytes() if read_aside(self.spool.folder) else b""
        if set(list_segments(self.spool.folder)) == before and aside == now:
            with closing(sqlite3.connect(copy)) as live, closing(sqlite3.connect(self.path)) as other:
                live.backup(other)

    def check_never_too_many(self) -> None:
        for code, count in self.count_stored().items():
            assert count <= self.sent[code], f"{code} is stored {count} times, scanned {self.sent[code]} times"

    def count_stored(self) -> Counter[str]:
        with self.store.read() as db:
            both = "select code from scans union all select code from actions"
            rows = db.connection.execute(f"select code, count(*) from ({both}) group by code").fetchall()
        return Counter({row[0]: row[1] for row in rows})

    def teardown(self) -> None:
        if not hasattr(self, "spool"):
            return
        try:
            self.spool.close()
            self.check()
        finally:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def check(self) -> None:
        """Everything taken over, the strange codes still aside: all of it, once; then the rest of it, once."""
        ingester = Ingester(self.spool, StoreSink(self.store, "UTC"))
        ingester.ingest_once()
        ingester.retry_set_aside()
        ingester.ingest_once()
        assert self.count_stored() == Counter({code: n for code, n in self.sent.items() if code in self.known})
        status = self.spool.status()
        aside = sum(n for code, n in self.sent.items() if code not in self.known)
        assert len([entry for entry in read_aside(self.spool.folder) if entry.line]) == aside
        assert (status.depth, status.missing, status.segments) == (0, 0, 0)
        if self.kept_ledger:
            figures = (status.served, status.stored, status.set_aside, status.lost)
            assert figures == (self.sent.total() + self.lost, self.sent.total() - aside, aside, self.lost)
        self.check_rollups()

    def check_rollups(self) -> None:
        with self.store.read() as db:
            for table, keys in ROLLUPS.items():
                counted = f"select {keys}, count(*), sum(first_of_day) from scans group by {keys}"
                columns = keys.replace("coalesce(location_id, 0)", "location_id")
                kept = f"select {columns}, scans, first_scans from {table} where scans <> 0"
                rows = [sorted(map(tuple, db.connection.execute(sql))) for sql in (counted, kept)]
                assert rows[0] == rows[1], table
            counted = (
                f"select {', '.join(actions.KEY)}, count(*), sum(first) from actions group by {', '.join(actions.KEY)}"
            )
            kept = f"select {', '.join(actions.KEY)}, actions, firsts from rollup_action_days where actions <> 0"
            rows = [sorted(map(tuple, db.connection.execute(sql))) for sql in (counted, kept)]
            assert rows[0] == rows[1], "rollup_action_days"


def _die(*_given: object) -> None:
    raise Killed


def try_orders(machine: type[AnyOrder], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_is_killed_replayed_torn_or_mended_every_scan_is_counted_once() -> None:
    try_orders(AnyOrder, EXAMPLES)


class Forgetful(AnyOrder):
    """The negative control: positions are written apart from the scans, as if one transaction were too dear."""

    def ingest_with(self, sink: StoreSink) -> None:
        write = sink.write_batch

        def apart(batch: Sequence[Record], positions: Mapping[str, int], node: str) -> None:
            write(batch, {}, node)
            self.path.replace(self.path)  # a step between the two, at which the disk may kill
            with self.store.write() as db:
                scans.set_positions(db, node, positions)

        sink.write_batch = apart  # type: ignore[method-assign]
        super().ingest_with(sink)


def test_positions_written_apart_are_caught_counting_twice() -> None:
    """Killed at each step in turn: at one of them, scans lie in the store and their position does not."""
    with pytest.raises(AssertionError, match=r"stored \d+ times|Counter"):
        for steps in range(1, 40):
            machine = Forgetful()
            machine.begin()
            machine.scan(which=[0, 1, 2])
            machine.stop_the_server()
            machine.ingest_and_die(steps=steps, after=False, power=False)
            machine.teardown()


def die_at(machine: AnyOrder, steps: int, after: bool, doing: str) -> bool:
    """Whether it came so far as to be killed."""
    disk = Disk(steps, after=after, power=True)
    with disk.kills():
        getattr(Ingester(machine.spool, MortalSink(machine.store, disk)), doing)()
    return disk.left <= 0


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_each_step_of_setting_aside_or_of_trying_again_nothing_is_lost_or_counted_twice(after: bool) -> None:
    for dying in ("ingest_once", "retry_set_aside"):
        steps, killed = 0, True
        while killed:
            steps += 1
            machine = AnyOrder()
            machine.begin()
            machine.scan(which=[0, 3, 1, 3])
            machine.spool.close()
            if dying == "retry_set_aside":
                machine.ingest()
                machine.make_a_strange_code_known()
                killed = die_at(machine, steps, after, dying)
            else:
                killed = die_at(machine, steps, after, dying)
                machine.make_a_strange_code_known()
                machine.try_what_was_set_aside()
            machine.ingest()
            machine.teardown()  # checks that each is counted once
        assert steps > 5, "the steps are no longer met: this proves nothing"
