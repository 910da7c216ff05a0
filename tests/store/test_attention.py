"""What the front page and the day's list ask of the store, on both engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shelftalk.store import Db, attention, day_scans, locations, placements, products, rollups, scans

AT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # the 21st in Taipei
DAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Scan:
    at: datetime
    code: str
    language: str = "en"
    device: str = "phone"
    scan_class: str = "person"
    rule_version: int = 1
    first_of_day: bool = False


def test_front_page_and_day_list_find_what_is_there(db: Db) -> None:
    assert rollups.find_counted_days(db) is None
    assert attention.get_progress(db) == attention.Progress(0, 0, 0, 0, 0, 0, 0, 0)
    tea = products.add_product(db, name="Oolong", brand="", gtin="", photo="", colour="#1f6f54", at=AT)
    shop = locations.add_location(db, name="Taipei", code="TPE", gln="", address="", timezone="Asia/Taipei", at=AT)
    placed = placements.add_placement(
        db, product_id=tea.id, medium="display", location_id=shop.id, stage="need", language="en", call_to_action="",
        note="", installed_on=DAY, removed_on=None, at=AT,
    )  # fmt: skip
    made = [Scan(AT + timedelta(minutes=n), placed.code, first_of_day=n == 0) for n in range(3)]
    made.append(Scan(AT, placed.code, language="", device="", scan_class="declared_bot"))
    assert scans.add_scans(db, made, "UTC") == []

    assert attention.get_progress(db) == attention.Progress(1, 0, 1, 0, 1, 1, 0, 1)
    assert [(item.name, item.total) for item in attention.list_unpublished(db, 3)] == [("Oolong", 1)]
    assert attention.list_incomplete_pages(db, 3) == []
    assert attention.list_missing_languages(db, tea.id) == set()
    assert attention.list_outdated_texts(db, "en", 3) == []
    assert attention.list_quiet_placements(db, DAY, DAY, DAY, 5) == []  # a draft is not silent
    db.run("set_published", id=tea.id, version=1, changed_in=9, at=AT.isoformat())
    assert attention.list_quiet_placements(db, DAY, DAY, DAY, 5) == [(placed.id, DAY)]
    place = attention.get_place(db, placed.id)
    assert (place.code, place.location_name, place.timezone, place.status) == (
        placed.code,
        "Taipei",
        "Asia/Taipei",
        "live",
    )
    assert [item.day for item in attention.list_new_displays(db, DAY, DAY, product_id=tea.id)] == [DAY]

    assert rollups.find_counted_days(db) == (DAY, DAY)
    found = day_scans.list_day_scans(db, placed.id, DAY, by_people=True)
    assert [scan.at for scan in found] == [AT + timedelta(minutes=n) for n in (2, 1, 0)]
    assert len(day_scans.list_day_scans(db, placed.id, DAY, page=2, per_page=3)) == 1
    assert sorted(day_scans.count_day_languages(db, placed.id, DAY)) == [("", 1), ("en", 3)]
    assert sorted(day_scans.count_day_devices(db, placed.id, DAY, by_people=True)) == [("phone", 3)]
    assert day_scans.list_day_scans(db, placed.id, DAY - timedelta(days=1)) == []
