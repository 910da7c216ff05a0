"""First of day and repeats: known to all workers of a server, on no disk, gone with the day."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scan_support import AT, DRAFT, IPHONE, LIVE

from shelftalk.scans.visitors import CROWD_SCANS, CROWD_SENDERS, Sighting, Visitors, make_visitors_memory

ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
MS, HALF_HOUR = timedelta(milliseconds=1), timedelta(minutes=30)
ROOT = Path(__file__).resolve().parents[2]
OTHER_PROCESS = """
import sys
sys.path[:0] = [{packaging!r}, {scans!r}]
from scan_support import AT, IPHONE, LIVE
from shelftalk.scans.visitors import Visitors
visitors = Visitors(sys.argv[1])
seen = [visitors.see(f"203.0.113.{{n % 200}}", IPHONE, "fa", LIVE, AT) for n in range(2000)]
print(visitors.shared, sum(each.first_of_day for each in seen), sum(each.repeat for each in seen))
"""


def test_the_first_scan_of_a_day_is_told_and_the_next_day_knows_nobody() -> None:
    visitors = Visitors()
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT).first_of_day
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT).first_of_day
    assert visitors.see("203.0.113.9", ANDROID, "fa", LIVE, AT).first_of_day
    assert visitors.see("203.0.113.9", IPHONE, "ru", LIVE, AT).first_of_day
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT.replace(day=2)).first_of_day
    assert "203.0.113.9" not in repr(vars(visitors))


def test_a_crowd_behind_one_address_is_no_flood_but_a_machine_is() -> None:
    visitors = Visitors()
    assert not any(visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT).flood for _ in range(500))
    assert any(visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT).flood for _ in range(200))
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT.replace(minute=1)).flood


def test_the_memory_is_bounded_and_the_oldest_is_forgotten_first() -> None:
    visitors = Visitors(slots=64)
    later = AT + timedelta(minutes=5)
    for n in range(500):
        visitors.see(f"198.51.100.{n}", IPHONE, "fa", LIVE, AT)
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, later).first_of_day
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, later).first_of_day
    assert len(visitors._memory.view) < 2_000


def test_the_salt_is_a_new_one_each_day_and_nothing_of_the_day_before_is_left() -> None:
    visitors = Visitors(slots=64)
    visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT)
    before = bytes(visitors._memory.view)
    visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT.replace(day=2))
    after = bytes(visitors._memory.view)
    assert before[8:40] != after[8:40]
    assert sum(slot != bytes(16) for slot in (after[n : n + 16] for n in range(64, len(after), 16))) == 3


def test_a_clock_set_back_over_midnight_makes_nobody_new() -> None:
    visitors = Visitors()
    midnight = AT.replace(hour=0, minute=30)
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight).first_of_day
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight - timedelta(hours=2)).first_of_day
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight).first_of_day
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight - timedelta(days=40)).first_of_day


def test_processes_at_the_same_time_tell_each_first_once() -> None:
    place = make_visitors_memory()
    program = OTHER_PROCESS.format(packaging=str(ROOT / "packaging"), scans=str(ROOT / "tests" / "scans"))
    command = [sys.executable, "-c", program, place]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=60)[0].split() for process in running]
    assert [shared for shared, _firsts, _repeats in told] == ["True", "True"]
    assert sum(int(firsts) for _shared, firsts, _repeats in told) == 200
    assert sum(int(repeats) for _shared, _firsts, repeats in told) == 200 * 3  # then each address is a crowd's


def test_processes_without_a_common_memory_each_tell_it() -> None:
    """The negative control, and what a server does that is started in another way."""
    sightings = [Visitors().see("203.0.113.9", IPHONE, "fa", LIVE, AT) for _ in range(2)]
    assert sightings == [Sighting(True, False, False)] * 2


def test_threads_tell_each_first_once() -> None:
    visitors, firsts = Visitors(), []

    def scan() -> None:
        for n in range(300):
            firsts.append(visitors.see(f"203.0.113.{n}", IPHONE, "fa", LIVE, AT).first_of_day)

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(firsts) == 300


def test_a_place_that_is_no_memory_of_ours_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    with path.open("r+b") as file:
        for place in (f"{os.getpid()}:{file.fileno()}", "1:99999", "nonsense", "/etc/passwd:1"):
            assert not Visitors(place).shared
    assert path.read_bytes() == bytes(100)


@pytest.mark.parametrize(("after", "repeat"), [(timedelta(), True), (HALF_HOUR, True), (HALF_HOUR + MS, False)])
def test_a_repeat_is_within_thirty_minutes_of_the_scan_before(after: timedelta, repeat: bool) -> None:
    visitors = Visitors(slots=64)
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT).repeat
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT + after) == Sighting(False, repeat, False)


def test_another_placement_phone_or_address_is_no_repeat() -> None:
    visitors = Visitors(slots=64)
    seen = [("203.0.113.9", IPHONE, LIVE), ("203.0.113.9", IPHONE, DRAFT), ("203.0.113.9", ANDROID, LIVE)]
    seen.append(("2001:db8::9", IPHONE, LIVE))
    assert [visitors.see(address, agent, "fa", code, AT).repeat for address, agent, code in seen] == [False] * 4
    assert [visitors.see(address, agent, "fa", code, AT).repeat for address, agent, code in seen] == [True] * 4


def test_four_different_phones_behind_an_address_are_a_crowd_in_which_alike_is_not_the_same() -> None:
    visitors = Visitors(slots=64)
    for agent in ("a", "b", "c"):
        assert not visitors.see("203.0.113.9", agent, "fa", LIVE, AT).repeat
    assert visitors.see("203.0.113.9", "a", "fa", LIVE, AT).repeat
    assert not visitors.see("203.0.113.9", "d", "fa", LIVE, AT).repeat
    assert not any(visitors.see("203.0.113.9", agent, "fa", LIVE, AT).repeat for agent in "abcd")


def test_the_fifth_scan_in_a_row_makes_an_address_a_crowds_for_the_day() -> None:
    visitors = Visitors(slots=64)
    repeats = [visitors.see("203.0.113.9", IPHONE, "fa", LIVE, AT + timedelta(minutes=n)).repeat for n in range(20)]
    assert repeats == [False, True, True, True] + [False] * 16
    later = AT + timedelta(hours=5)
    assert not any(visitors.see("203.0.113.9", IPHONE, "fa", DRAFT, later).repeat for _ in range(3))


def test_the_day_forgets_repeats_and_a_clock_set_back_finds_them_again() -> None:
    visitors = Visitors(slots=64)
    midnight = AT.replace(hour=0, minute=0, second=0, microsecond=0)
    assert not visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight - MS).repeat
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight) == Sighting(True, False, False)
    assert visitors.see("203.0.113.9", IPHONE, "fa", LIVE, midnight - MS) == Sighting(False, True, False)


class Model:
    """What the rules say, with nothing hashed, nothing bounded and one day only."""

    def __init__(self) -> None:
        self.senders: set[tuple[str, str]] = set()
        self.crowds: set[str] = set()
        self.visits: dict[tuple[str, str, str], tuple[datetime, int]] = {}

    def see(self, address: str, agent: str, code: str, at: datetime) -> tuple[bool, bool]:
        first = (address, agent) not in self.senders
        self.senders.add((address, agent))
        last, run = self.visits.get((address, agent, code), (at - timedelta(days=2), 0))
        run = run + 1 if abs(at - last) <= HALF_HOUR else 1
        self.visits[address, agent, code] = (at, run)
        if run >= CROWD_SCANS or sum(sender[0] == address for sender in self.senders) >= CROWD_SENDERS:
            self.crowds.add(address)
        return first, run > 1 and address not in self.crowds


SIGHTINGS = st.lists(
    st.tuples(
        st.sampled_from(["203.0.113.1", "203.0.113.2", "2001:db8::1"]),
        st.sampled_from(["", IPHONE, ANDROID, "Фон", "\udcff"]),
        st.sampled_from([LIVE, DRAFT]),
        st.integers(-600_000, 1_900_000),  # milliseconds later, or earlier when the clock is set back
    ),
    max_size=60,
)


@given(sightings=SIGHTINGS)
def test_any_scans_in_any_order_are_seen_as_the_rules_say(sightings: list[tuple[str, str, str, int]]) -> None:
    visitors, model, at = Visitors(slots=1024), Model(), AT
    for address, agent, code, later in sightings:
        at = min(max(at + timedelta(milliseconds=later), AT.replace(hour=1)), AT.replace(hour=23))
        seen = visitors.see(address, agent, "fa", code, at)
        assert (seen.first_of_day, seen.repeat) == model.see(address, agent, code, at)
        assert not (seen.first_of_day and seen.repeat)
