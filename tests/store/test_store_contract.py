"""One contract, two engines: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shelftalk.catalog.codes import is_code
from shelftalk.catalog.location import Location
from shelftalk.catalog.page import PageContent, format_content, make_block, parse_content
from shelftalk.catalog.placement import Placement
from shelftalk.catalog.product import Product
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store import (
    Db,
    Store,
    locations,
    notes,
    pages,
    placements,
    products,
    rollups,
    runs,
    sample,
    scans,
    users,
)
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.pages import NotPublishable
from shelftalk.store.rows import ListQuery

AT = datetime(2026, 11, 2, 20, 45, tzinfo=UTC)


@dataclass(frozen=True)
class SpooledScan:
    code: str
    at: datetime = AT
    language: str = "fa"
    device: str = "phone"
    scan_class: str = "person"
    rule_version: int = 1
    first_of_day: bool = True


def add_product(db: Db, name: str = "High Mountain Oolong", **more: object) -> Product:
    values = {"brand": "Hillside Tea", "gtin": "", "photo": "", "colour": "#1f6f54", "at": AT} | more
    return products.add_product(db, name=name, **values)  # type: ignore[arg-type]


def add_location(db: Db, name: str = "Tehran Tajrish", code: str = "THR", zone: str = "Asia/Tehran") -> Location:
    return locations.add_location(db, name=name, code=code, gln="", address="", timezone=zone, at=AT)


def add_placement(db: Db, product: Product, location: Location | None = None, **more: object) -> Placement:
    values = {
        "medium": "shelf_talker",
        "stage": "compare",
        "language": "fa",
        "call_to_action": "",
        "note": "",
        "installed_on": date(2026, 10, 1),
        "removed_on": None,
        "at": AT,
    } | more
    place = location.id if location else None
    return placements.add_placement(db, product_id=product.id, location_id=place, **values)  # type: ignore[arg-type]


def make_page(**titles: str) -> PageContent:
    hero = make_block("hero")
    names = {"zh_Hant": "zh-Hant", "zh_Hans": "zh-Hans"}
    return PageContent((hero,), {names.get(tag, tag): {hero.id: {"title": title}} for tag, title in titles.items()})


def publish(db: Db, product: Product, **titles: str) -> int:
    revision = pages.get_page(db, product.id).revision
    pages.save_page(db, product.id, revision, make_page(**(titles or {"en": product.name})), by="Mina", at=AT)
    return pages.publish_page(db, product.id, by="Mina", at=AT)


def test_a_migration_run_again_changes_nothing(store: Store) -> None:
    with store.write() as db:
        add_product(db)
    store.migrate()
    with store.read() as db:
        assert products.list_products(db, ListQuery()).total == 1


def test_what_fails_halfway_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as db:
        add_product(db)
        _ = 1 / 0
    with store.read() as db:
        assert products.list_products(db, ListQuery()).total == 0


def test_a_product_comes_with_an_address_and_an_empty_page(db: Db) -> None:
    product = add_product(db)
    assert product.slug == "high-mountain-oolong"
    assert product.status == "draft"
    assert pages.get_page(db, product.id).content.blocks[0].type == "hero"


def test_two_products_of_one_name_get_two_addresses(db: Db) -> None:
    add_product(db)
    assert add_product(db).slug == "high-mountain-oolong-2"


def test_a_chinese_name_gets_an_address_too(db: Db) -> None:
    assert add_product(db, "高山烏龍茶").slug == "product"


def test_a_gtin_belongs_to_one_product(db: Db) -> None:
    add_product(db, gtin="09506000134352")
    with pytest.raises(Invalid, match=r"09506000134352.*High Mountain Oolong"):
        add_product(db, "Other", gtin="09506000134352")


def test_saving_over_somebody_elses_product_is_a_conflict(db: Db) -> None:
    product = add_product(db)
    values = {"brand": "", "gtin": "", "photo": "", "colour": "#000000", "at": AT}
    products.update_product(db, product.id, product.revision, name="First", **values)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="First"):
        products.update_product(db, product.id, product.revision, name="Second", **values)  # type: ignore[arg-type]
    assert products.get_product(db, product.id).name == "First"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("oolong", True),
        ("烏龍", True),
        ("چاي", True),  # typed with the Arabic letter, stored with the Persian one
        ("کوهستان", True),
        ("горный", True),
        ("0950600", True),
        ("earl grey", False),
    ],
)
def test_search_finds_names_of_every_script(db: Db, search: str, found: bool) -> None:
    product = add_product(db, gtin="09506000134352")
    add_product(db, "Jasmine")
    publish(db, product, en=product.name, zh_Hant="高山烏龍茶", fa="چای اولانگ کوهستان", ru="Горный улун")
    rows = products.list_products(db, ListQuery(search=search)).rows
    assert [row.id for row in rows] == ([product.id] if found else [])


def test_a_list_of_ten_thousand_is_paged_sorted_and_searched(store: Store) -> None:
    columns = "slug name brand gtin photo colour status changed_in search_text is_sample revision created_at updated_at"
    rows = [
        (f"p{i}", f"Tea {i:05}", "", "", "", "#000000", "draft", 1, f"tea {i:05}", 0, 1, AT.isoformat(), AT.isoformat())
        for i in range(10_000)
    ]
    with store.write() as db:
        db.engine.copy(db.connection, "products", columns.split(), rows)
    with store.read() as db:
        last = products.list_products(db, ListQuery(sort="name", descending=True, per_page=20))
        assert (last.total, last.pages, last.rows[0].name) == (10_000, 500, "Tea 09999")
        assert products.list_products(db, ListQuery(search="0777")).rows[0].name == "Tea 00777"


def test_a_page_comes_back_as_it_was_saved(db: Db) -> None:
    product = add_product(db)
    content = parse_content(format_content(make_page(en="Oolong", fa="اولانگ", zh_Hant="烏龍")))
    saved = pages.save_page(db, product.id, 1, content, by="Mina", at=AT)
    assert saved.content == content
    assert (saved.revision, saved.updated_by) == (2, "Mina")


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(db: Db) -> None:
    product = add_product(db)
    pages.save_page(db, product.id, 1, make_page(en="Mina's"), by="Mina", at=AT)
    with pytest.raises(Conflict, match="Mina saved this page"):
        pages.save_page(db, product.id, 1, make_page(en="Omid's"), by="Omid", at=AT)
    assert pages.get_page(db, product.id).content.get_title("en") == "Mina's"


def test_a_page_with_gaps_is_not_published_and_says_where(db: Db) -> None:
    product = add_product(db)
    with pytest.raises(NotPublishable) as caught:
        pages.publish_page(db, product.id, by="Mina", at=AT)
    assert caught.value.gaps[0].field == "title"
    assert products.get_product(db, product.id).status == "draft"


def test_a_draft_saved_after_publishing_is_not_what_shoppers_read(db: Db) -> None:
    product = add_product(db)
    publish(db, product, en="Published")
    pages.save_page(db, product.id, 2, make_page(en="Only a draft"), by="Mina", at=AT)
    published = pages.get_published(db, product.id)
    assert published is not None
    assert published.get_title("en") == "Published"
    assert [version.version for version in pages.list_versions(db, product.id)] == [1]


def test_a_placement_gets_a_code_for_ever(db: Db) -> None:
    placement = add_placement(db, add_product(db))
    assert is_code(placement.code)
    placements.retire_placement(db, placement.id, at=AT)
    found = placements.find_placement_by_code(db, placement.code)
    assert found is not None
    assert found.retired_at == AT


def test_the_status_of_a_code_follows_its_product(db: Db) -> None:
    product = add_product(db)
    placement = add_placement(db, product)

    def status() -> tuple[str, int]:
        row = placements.list_placements(db, ListQuery()).rows[0]
        found = placements.list_placements(db, ListQuery(filters={"status": row.status}))
        return row.status, found.total

    assert status() == ("draft", 1)
    publish(db, product)
    assert status() == ("live", 1)
    placements.retire_placement(db, placement.id, at=AT)
    assert status() == ("retired", 1)
    placements.restore_placement(db, placement.id, at=AT)
    products.retire_product(db, product.id, at=AT)
    assert status() == ("retired", 1)


def test_placements_are_found_by_product_place_and_code(db: Db) -> None:
    product = add_product(db)
    placement = add_placement(db, product, add_location(db), note="third shelf")
    publish(db, product, en="Oolong", fa="اولانگ")
    for search in ("اولانگ", "tajrish", "THIRD", placement.code[2:8]):
        assert placements.list_placements(db, ListQuery(search=search)).total == 1, search
    assert placements.list_placements(db, ListQuery(filters={"location": "0"})).total == 0


def test_the_shelf_feed_names_only_what_changed(db: Db) -> None:
    product = add_product(db)
    first = add_placement(db, product)
    seen = notes.get_version(db)
    assert placements.list_changed_targets(db, seen) == []
    second = add_placement(db, product)
    assert [target.code for target in placements.list_changed_targets(db, seen)] == [second.code]
    publish(db, product)
    assert {(t.code, t.kind) for t in placements.list_changed_targets(db, seen)} == {
        (first.code, "page"),
        (second.code, "page"),
    }


def test_scans_are_counted_on_the_local_day_of_the_place(db: Db) -> None:
    placement = add_placement(db, add_product(db), add_location(db))
    scans.add_scans(db, [SpooledScan(placement.code)], "UTC")  # 20:45 UTC is 00:15 on the next day in Tehran
    assert [(c.day, c.hour) for c in rollups.list_hours(db, date(2026, 11, 1), date(2026, 11, 9))] == [
        (date(2026, 11, 3), 0)
    ]
    assert rollups.find_counted_days(db) == (date(2026, 11, 3), date(2026, 11, 3))


def test_every_rollup_adds_up_to_the_stored_scans(db: Db) -> None:
    product, location = add_product(db), add_location(db)
    here, anywhere = add_placement(db, product, location), add_placement(db, product)
    batch = [
        SpooledScan(code, AT + timedelta(hours=7 * i), scan_class=kind, first_of_day=i % 3 == 0)
        for i in range(20)
        for code in (here.code, anywhere.code)
        for kind in ("person", "preview_bot")
    ]
    scans.add_scans(db, batch[:50], "UTC")
    scans.add_scans(db, batch[50:], "UTC")
    span = (date(2026, 11, 1), date(2026, 12, 1))
    assert scans.count_scans(db) == len(batch)
    for counted in (
        rollups.list_cells(db, *span),
        rollups.list_days(db, *span),
        rollups.list_placement_totals(db, *span),
        rollups.list_hours(db, *span),
    ):
        assert sum(row.scans for row in counted) == len(batch)
        assert sum(row.first_scans for row in counted) == sum(scan.first_of_day for scan in batch)
    before = rollups.list_cells(db, *span)
    scans.rebuild_rollups(db)
    assert rollups.list_cells(db, *span) == before


def test_a_scan_of_an_unknown_code_is_given_back(db: Db) -> None:
    placement = add_placement(db, add_product(db))
    stranger = SpooledScan("2222222222")
    assert scans.add_scans(db, [SpooledScan(placement.code), stranger], "UTC") == [stranger]
    assert scans.count_scans(db) == 1


def test_spool_positions_are_kept_per_node(db: Db) -> None:
    scans.set_positions(db, "a", {"s1": 10, "s2": 5})
    scans.set_positions(db, "a", {"s1": 20})
    scans.set_positions(db, "b", {"s1": 1})
    scans.forget_positions(db, "a", ["s2"])
    assert scans.list_positions(db, "a") == {"s1": 20}


def test_the_last_administrator_stays(db: Db) -> None:
    user = users.add_user(db, email="a@tea.example", name="Ada", password_hash="x", role="admin", at=AT)
    with pytest.raises(Invalid, match=r"Ada.*last administrator"):
        users.update_user(db, user.id, name="Ada", role="staff", active=True, language="")


def test_a_session_ends_by_time_and_by_hand(db: Db) -> None:
    user = users.add_user(db, email="a@tea.example", name="Ada", password_hash="x", role="admin", at=AT)
    users.add_session(db, token_hash="h", user_id=user.id, at=AT, expires_at=AT + timedelta(days=1))
    assert users.find_session(db, "h", AT) == user
    assert users.find_session(db, "h", AT + timedelta(days=2)) is None
    users.end_sessions(db, user.id)
    assert users.find_session(db, "h", AT) is None


def test_print_runs_are_listed_newest_first(db: Db) -> None:
    for number in range(3):
        runs.add_run(
            db,
            by="Mina",
            stock="avery-l7160",
            origin="https://tea.example",
            start=1,
            copies=1,
            labels=number,
            sheets=1,
            sha256="",
            items="[]",
            proof="{}",
            at=AT + timedelta(minutes=number),
        )
    listing = runs.list_runs(db, ListQuery(descending=True))
    assert [run.labels for run in listing.rows] == [2, 1, 0]


def test_the_sample_goes_and_own_work_stays(db: Db) -> None:
    own = add_product(db, "Own")
    sampled = add_product(db, "Sampled", is_sample=True)
    shop = locations.add_location(db, name="Shop", code="S", gln="", address="", timezone="UTC", at=AT, is_sample=True)
    kept = add_placement(db, own, shop)
    gone = add_placement(db, sampled, shop, is_sample=True)
    scans.add_scans(db, [SpooledScan(kept.code), SpooledScan(gone.code)], "UTC")
    removed = sample.remove_sample(db)
    assert removed.codes == (gone.code,)
    assert [product.name for product in products.list_products(db, ListQuery()).rows] == ["Own"]
    assert locations.list_locations(db, ListQuery()).total == 1
    assert sum(cell.scans for cell in rollups.list_cells(db, date(2026, 1, 1), date(2026, 12, 31))) == 1
    assert not sample.has_sample(db)


def test_a_backup_restores_everything_and_new_rows_get_new_ids(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        product = add_product(db)
        placement = add_placement(db, product, add_location(db))
        publish(db, product)
        scans.add_scans(db, [SpooledScan(placement.code)] * 3, "UTC")
    written = write_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        add_product(db, "Added later")
    assert read_backup(store, tmp_path / "backup.sqlite") == written
    with store.write() as db:
        assert [p.name for p in products.list_products(db, ListQuery()).rows] == [product.name]
        assert placements.get_placement(db, placement.id).code == placement.code
        assert scans.count_scans(db) == 3
        assert add_product(db, "After").id > product.id


def test_a_file_that_is_no_backup_changes_nothing(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        add_product(db)
    (tmp_path / "fake.sqlite").write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(Invalid, match=r"fake\.sqlite"):
        read_backup(store, tmp_path / "fake.sqlite")
    with store.read() as db:
        assert products.list_products(db, ListQuery()).total == 1


def test_what_is_not_there_says_so(db: Db) -> None:
    with pytest.raises(NotFound, match="77"):
        products.get_product(db, 77)


def test_a_location_code_belongs_to_one_location(db: Db) -> None:
    add_location(db)
    with pytest.raises(Invalid, match=r"THR.*Tehran Tajrish"):
        add_location(db, "Other")


def test_a_retired_product_is_not_published_behind_ones_back(db: Db) -> None:
    product = add_product(db)
    publish(db, product, en="Oolong")
    products.retire_product(db, product.id, at=AT)
    with pytest.raises(Conflict, match="Restore it first"):
        pages.publish_page(db, product.id, by="Mina", at=AT)
    assert products.get_product(db, product.id).status == "retired"


def test_two_who_publish_at_the_same_moment_both_come_through(store: Store) -> None:
    with store.write() as db:
        product = add_product(db)
        publish(db, product)
    entered, waiting = threading.Event(), threading.Event()

    def publish_first() -> None:
        with store.write() as db:
            pages.publish_content(db, product.id, make_page(en="One"), by="Ada", at=AT)
            entered.set()
            waiting.wait(0.5)  # the other one is in the middle of its own by then

    first = threading.Thread(target=publish_first)
    first.start()
    assert entered.wait(10)
    with store.write() as db:
        assert pages.publish_content(db, product.id, make_page(en="Two"), by="Mei", at=AT) == 3
    first.join()
    with store.read() as db:
        assert [version.published_by for version in pages.list_versions(db, product.id)] == ["Mei", "Ada", "Mina"]
