"""The sample's scans: the same for the same seed, and believable in every place."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.sample.brand import SamplePlacement, load_brand
from shelftalk.sample.traffic import CLOSES, OPENS, SampleScan, make_traffic

UNTIL = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)  # clocks changed in Europe and in Toronto shortly before
PLACEMENTS = {placement.key: placement for placement in load_brand().placements}


@pytest.fixture(scope="module")
def scans() -> list[SampleScan]:
    return list(make_traffic(list(PLACEMENTS.values()), UNTIL))


def get_local(scan: SampleScan) -> datetime:
    return scan.at.astimezone(ZoneInfo(PLACEMENTS[scan.placement].timezone))


def test_the_same_seed_gives_the_same_scans_and_another_seed_others(scans: list[SampleScan]) -> None:
    assert list(make_traffic(list(PLACEMENTS.values()), UNTIL)) == scans
    assert list(make_traffic(list(PLACEMENTS.values()), UNTIL, seed=8)) != scans


def test_one_placement_less_leaves_the_others_scans_as_they_were(scans: list[SampleScan]) -> None:
    rest = [placement for key, placement in PLACEMENTS.items() if key != "honey-pack-eu"]
    assert list(make_traffic(rest, UNTIL)) == [scan for scan in scans if scan.placement != "honey-pack-eu"]


@pytest.mark.parametrize("until", [UNTIL, datetime(2027, 1, 4, 6, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)])
def test_ninety_days_bring_six_to_nine_thousand_scans(until: datetime) -> None:
    assert 6000 <= sum(1 for _ in make_traffic(list(PLACEMENTS.values()), until)) <= 9000


def test_scans_are_in_order_in_utc_to_the_millisecond_and_never_in_the_future(scans: list[SampleScan]) -> None:
    times = [scan.at for scan in scans]
    assert times == sorted(times)
    assert all(at.tzinfo is UTC and at.microsecond % 1000 == 0 for at in times)
    assert times[-1] < UNTIL
    assert times[0] >= UNTIL - timedelta(days=91)


def test_in_shops_people_scan_while_the_shop_is_open_by_its_own_clock(scans: list[SampleScan]) -> None:
    for scan in scans:
        if PLACEMENTS[scan.placement].location:
            assert OPENS <= get_local(scan).hour < CLOSES, scan


def test_weekends_are_busier_and_tehrans_weekend_is_another(scans: list[SampleScan]) -> None:
    taipei, tehran = _count_weekdays(scans, "TPE-XY"), _count_weekdays(scans, "THR-TJ")
    assert taipei[5] > 1.5 * taipei[1]
    assert tehran[4] < 0.7 * tehran[3]  # Friday is quiet, Thursday is not
    assert _count_weekdays(scans, "BER-MI")[6] == 0  # German shops are closed on Sundays


def _count_weekdays(scans: list[SampleScan], shop: str) -> Counter[int]:
    return Counter(get_local(scan).weekday() for scan in scans if PLACEMENTS[scan.placement].location == shop)


def test_scans_grow_once_the_displays_are_up(scans: list[SampleScan]) -> None:
    before = _count_days(scans, UNTIL - timedelta(days=58), UNTIL - timedelta(days=32))
    after = _count_days(scans, UNTIL - timedelta(days=26), UNTIL)
    assert after > 1.3 * before


def _count_days(scans: list[SampleScan], first: datetime, last: datetime) -> int:
    return sum(first <= scan.at < last for scan in scans)


def test_most_scans_are_people_and_each_other_class_occurs(scans: list[SampleScan]) -> None:
    classes = Counter(scan.scan_class for scan in scans)
    assert set(classes) == {"person", "repeat", "reload", "prefetch", "preview_bot", "declared_bot"}
    assert 0.88 < classes["person"] / len(scans) < 0.97


def test_nine_of_ten_people_are_seen_for_the_first_time_that_day(scans: list[SampleScan]) -> None:
    people = [scan for scan in scans if scan.scan_class in ("person", "repeat")]
    assert 0.88 <= sum(scan.first_of_day for scan in people) / len(people) <= 0.94
    assert not any(scan.first_of_day for scan in scans if scan.scan_class != "person")


def test_the_first_person_of_a_day_at_a_placement_is_new(scans: list[SampleScan]) -> None:
    seen: set[tuple[str, date]] = set()
    for scan in scans:
        day = (scan.placement, get_local(scan).date())
        if scan.scan_class == "person" and day not in seen:
            seen.add(day)
            assert scan.first_of_day, scan


def test_people_read_the_language_of_the_place_and_some_another(scans: list[SampleScan]) -> None:
    languages: dict[str, Counter[str]] = {}
    for scan in scans:
        languages.setdefault(PLACEMENTS[scan.placement].timezone, Counter())[scan.language] += 1
    assert languages["Asia/Tehran"].most_common(1)[0][0] == "fa"
    assert languages["Europe/Moscow"].most_common(1)[0][0] == "ru"
    assert all(len(found) > 1 for found in languages.values())
    assert {scan.language for scan in scans} == set(LANGUAGES)


def test_nearly_all_people_hold_a_phone_and_bots_hold_nothing(scans: list[SampleScan]) -> None:
    devices = Counter(scan.device for scan in scans if scan.scan_class == "person")
    assert set(devices) <= {"phone", "tablet", "desktop", "other"}
    assert devices["phone"] / devices.total() > 0.9
    assert {scan.device for scan in scans if scan.scan_class.endswith("bot")} == {""}


def test_the_silent_placement_was_busy_until_six_days_ago(scans: list[SampleScan]) -> None:
    times = [scan.at for scan in scans if scan.placement == "lapsang-shelf-tehran"]
    assert timedelta(days=6) <= UNTIL - times[-1] < timedelta(days=8)
    assert 7 <= len(times) / 84 <= 12  # scans a day


def test_nothing_is_scanned_before_it_is_up_or_after_it_is_gone(scans: list[SampleScan]) -> None:
    found = Counter(scan.placement for scan in scans)
    for placement in PLACEMENTS.values():
        if placement.installed_days_ago is None:
            assert placement.key not in found
            continue
        assert found[placement.key] > 25, placement.key
        for scan in scans:
            if scan.placement == placement.key:
                assert _was_up(placement, get_local(scan).date()), scan


def _was_up(placement: SamplePlacement, day: date) -> bool:
    age = (UNTIL.astimezone(ZoneInfo(placement.timezone)).date() - day).days
    ends = [count for count in (placement.removed_days_ago, placement.retired_days_ago) if count is not None]
    return max(ends, default=-1) < age <= (placement.installed_days_ago or 0)
