"""Reports: numbers that reconcile, each leading to what it is made of, down to the stored scans."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from shelftalk import clock
from shelftalk.catalog.location import Location
from shelftalk.catalog.placement import Placement
from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import placements as placement_store
from shelftalk.web.report_csv import make_report_csv
from tests.web.counting import add_scans
from tests.web.shop import add_location, add_placement, add_tea

TODAY = clock.now().date()


@dataclass(frozen=True)
class Brand:
    oolong: Product
    jasmine: Product
    taipei: Location
    tehran: Location
    shelf: Placement  # oolong in Taipei
    pack: Placement  # oolong anywhere
    poster: Placement  # jasmine in Tehran


@pytest.fixture
def brand(store: Store) -> Brand:
    oolong, jasmine = add_tea(store), add_tea(store, "=Jasmine <b>Green</b>")
    taipei = add_location(store)
    tehran = add_location(store, "تهران تجریش", "THR", "Asia/Tehran")
    shelf = add_placement(store, oolong, taipei)
    pack = add_placement(store, oolong, medium="pack")
    poster = add_placement(store, jasmine, tehran, medium="poster")
    return Brand(oolong, jasmine, taipei, tehran, shelf, pack, poster)


@pytest.fixture
def counted(store: Store, brand: Brand) -> Brand:
    add_scans(store, brand.shelf, 12, firsts=9)
    add_scans(store, brand.shelf, 2, scan_class="reload")
    add_scans(store, brand.shelf, 3, scan_class="preview_bot", device="")
    add_scans(store, brand.pack, 7, firsts=7, days_ago=5)
    add_scans(store, brand.poster, 4, firsts=2, language="fa")
    add_scans(store, brand.shelf, 8, firsts=8, days_ago=32)  # in the period before
    return brand


def get(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def figure(page: str, name: str) -> str:
    found = re.search(rf'data-figure="{name}">(.*?)</(?:p|a|td|dd)>', page, re.S)
    assert found, name
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def links(page: str, part: str) -> list[tuple[str, int]]:
    """The numbers that link to an address with this part, with those addresses."""
    found = re.findall(r'<a href="([^"]+)"[^>]*>([\d,]+)</a>', page)
    return [(href, int(text.replace(",", ""))) for href, text in found if part in href]


@pytest.mark.usefixtures("counted")
def test_counts_people_by_default_and_says_what_was_set_aside(staff: FlaskClient) -> None:
    page = get(staff, "/admin/reports/")
    assert figure(page, "scans") == "23"
    assert figure(page, "people") == "between 18 and 23 18 – 23"
    assert figure(page, "total") == "23"
    assert figure(page, "raw") == "28"
    assert "5 set aside" in page
    assert "why a range?" in page


@pytest.mark.usefixtures("counted")
def test_every_class_adds_up_to_the_raw_total(staff: FlaskClient) -> None:
    page = get(staff, "/admin/reports/?class=all")
    assert figure(page, "scans") == figure(page, "total") == figure(page, "raw") == "28"
    assert figure(page, "people") == "between 18 and 23 18 – 23"


def test_repeats_count_as_scans_and_reloads_do_not_and_the_csv_adds_up(
    staff: FlaskClient, store: Store, brand: Brand
) -> None:
    add_scans(store, brand.shelf, 6, firsts=5)
    add_scans(store, brand.shelf, 3, scan_class="repeat", rule_version=2)
    add_scans(store, brand.shelf, 4, scan_class="reload", rule_version=2)
    page = get(staff, "/admin/reports/")
    assert (figure(page, "scans"), figure(page, "people"), figure(page, "raw")) == ("9", "between 5 and 9 5 – 9", "13")
    assert "4 set aside" in page
    assert "The same code again within 30 minutes" in page
    [row] = csv.DictReader(io.StringIO(get(staff, "/admin/reports/report.csv")))
    assert (row["scans"], row["people_low"], row["people_high"]) == ("9", "5", "9")
    [row] = csv.DictReader(io.StringIO(get(staff, "/admin/reports/report.csv?class=all")))
    assert {name: row[name] for name in ("person", "repeat", "reload", "burst")} == {
        "person": "6",
        "repeat": "3",
        "reload": "4",
        "burst": "0",
    }
    assert row["scans"] == "13"


@pytest.mark.usefixtures("counted")
def test_compares_with_the_same_weekdays_before(staff: FlaskClient) -> None:
    page = get(staff, "/admin/reports/")
    assert "188%" in page  # 23 scans after 8
    assert "same weekdays" in page


def test_one_scan_shows_up_at_its_product_and_place_and_in_the_csv(
    staff: FlaskClient, store: Store, brand: Brand
) -> None:
    add_scans(store, brand.poster, 1, firsts=1, days_ago=0)
    page = get(staff, "/admin/reports/")
    assert figure(page, "scans") == figure(page, "total") == "1"
    rows = list(csv.DictReader(io.StringIO(get(staff, "/admin/reports/report.csv"))))
    assert rows == [
        {
            "product": "'=Jasmine <b>Green</b>",
            "location": "تهران تجریش",
            "scans": "1",
            "people_low": "1",
            "people_high": "1",
        }
    ]


def test_a_place_where_it_is_tomorrow_already_is_in_the_report_at_once(staff: FlaskClient, store: Store) -> None:
    far = add_placement(store, add_tea(store), add_location(store, "Kiritimati", "KIR", "Pacific/Kiritimati"))
    add_scans(store, far, 1, days_ago=0)
    for period in ("", "?period=today", "?period=7", f"?location={far.location_id}&period=today"):
        assert figure(get(staff, f"/admin/reports/{period}"), "scans") == "1"


@pytest.mark.usefixtures("counted")
def test_each_number_leads_to_what_it_is_made_of(staff: FlaskClient) -> None:
    page = get(staff, "/admin/reports/")
    cells = [item for item in links(page, "/placements?") if "product=" in item[0] and "location=" in item[0]]
    assert sorted({count for _href, count in cells}) == [4, 7, 12]
    for href, count in cells:
        placements = get(staff, href)
        ((placement_href, placement_count),) = set(links(placements, "/reports/placements/"))
        assert placement_count == count
        days = get(staff, placement_href)
        assert figure(days, "scans") == str(count)
        found = set(links(days, "/reports/scans"))
        assert sum(n for _href, n in found) == count
        for day_href, n in found:
            rows = get(staff, day_href)
            assert rows.count('bg-success-lt">Person') == n


def test_links_keep_the_question(staff: FlaskClient, counted: Brand) -> None:
    page = get(staff, f"/admin/reports/?period=90&class=all&product={counted.oolong.id}")
    hrefs = re.findall(r'href="(/admin/reports/(?:placements|report)[^"]*)"', page)
    assert hrefs and all("period=90" in href and "class=all" in href for href in hrefs)
    assert figure(page, "total") == "32"


@pytest.mark.parametrize(
    ("where", "scans"), [("location=0", "7"), ("location={taipei}", "12"), ("product={oolong}", "19")]
)
def test_filters_narrow_every_number(staff: FlaskClient, counted: Brand, where: str, scans: str) -> None:
    asked = where.format(taipei=counted.taipei.id, oolong=counted.oolong.id)
    page = get(staff, f"/admin/reports/?{asked}")
    assert figure(page, "scans") == figure(page, "total") == scans
    assert sum(
        int(row["scans"]) for row in csv.DictReader(io.StringIO(get(staff, f"/admin/reports/report.csv?{asked}")))
    ) == int(scans)


@pytest.mark.usefixtures("counted")
def test_names_are_text_never_markup(staff: FlaskClient) -> None:
    page = staff.get("/admin/reports/").text
    assert "<b>Green" not in page
    assert "=Jasmine &lt;b&gt;Green&lt;/b&gt;" in page


def test_numbers_still_add_up_after_a_placement_moved(staff: FlaskClient, store: Store, counted: Brand) -> None:
    with store.write() as db:
        placement_store.update_placement(
            db, counted.shelf.id, counted.shelf.revision, medium="shelf_talker", location_id=counted.tehran.id,
            stage="compare", language="en", call_to_action="", note="", installed_on=None, removed_on=None,
            at=clock.now(),
        )  # fmt: skip
    page = get(staff, f"/admin/reports/placements?product={counted.oolong.id}&location={counted.taipei.id}")
    assert "No placement of this product at this location" in page
    page = get(staff, f"/admin/reports/placements?product={counted.oolong.id}&location={counted.tehran.id}")
    assert "stood elsewhere" in page and "-12" in page


def test_the_scans_of_a_day_are_told_in_the_places_time(staff: FlaskClient, store: Store, brand: Brand) -> None:
    at = datetime.combine(TODAY - timedelta(days=3), datetime.min.time(), UTC) + timedelta(hours=20, minutes=45)
    add_scans(store, brand.poster, 1, at=at)  # 00:15 the next day in Tehran
    day = (at + timedelta(hours=3.5)).date()
    page = get(staff, f"/admin/reports/scans?placement={brand.poster.id}&day={day}")
    assert "00:15:00" in page and "Asia/Tehran" in page
    assert "No scans on this day" in get(staff, f"/admin/reports/scans?placement={brand.poster.id}&day={at.date()}")


def test_a_days_scans_show_repeats_and_set_reloads_aside(staff: FlaskClient, store: Store, brand: Brand) -> None:
    day = (clock.now() - timedelta(days=2)).astimezone(UTC)
    for kind, count in (("person", 6), ("repeat", 3), ("reload", 4)):
        add_scans(store, brand.pack, count, at=day, scan_class=kind, rule_version=2)
    address = f"/admin/reports/scans?placement={brand.pack.id}&day={day.date()}"
    table = get(staff, address).split("<tbody>")[1].split("</tbody>")[0]
    assert [len(re.findall(rf">{word}<", table)) for word in ("Person", "Repeat", "Reload")] == [6, 3, 0]
    table = get(staff, f"{address}&class=all").split("<tbody>")[1].split("</tbody>")[0]
    assert [len(re.findall(rf">{word}<", table)) for word in ("Person", "Repeat", "Reload")] == [6, 3, 4]


def test_languages_and_devices_of_fewer_than_five_are_not_told(staff: FlaskClient, store: Store, brand: Brand) -> None:
    day = (clock.now() - timedelta(days=2)).astimezone(UTC)
    add_scans(store, brand.pack, 30, at=day, language="en")
    add_scans(store, brand.pack, 4, at=day, language="ru", device="tablet")
    add_scans(store, brand.pack, 2, at=day, language="fa", device="desktop")
    page = get(staff, f"/admin/reports/scans?placement={brand.pack.id}&day={day.date()}")
    told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert told == {"English": "30", "Русский": "<5", "فارسی": "<5", "Phone": "30", "Tablet": "<5", "Computer": "<5"}
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("English") == 30
    assert not re.search("Русский|فارسی|Tablet|Computer", table)
    assert "36 entries" in page


def test_a_long_day_has_pages(staff: FlaskClient, store: Store, brand: Brand) -> None:
    day = clock.now() - timedelta(days=2)
    add_scans(store, brand.pack, 150, at=day)
    page = get(staff, f"/admin/reports/scans?placement={brand.pack.id}&day={day.date()}&page=2")
    assert page.count('bg-success-lt">Person') == 50
    assert "101–150 of 150" in page


@pytest.mark.parametrize("path", ["scans", "scans?placement=1", "scans?placement=x&day=2026-11-01", "placements/999"])
@pytest.mark.usefixtures("counted")
def test_an_address_that_lacks_something_is_404(staff: FlaskClient, path: str) -> None:
    page = get(staff, f"/admin/reports/{path}", 404)
    assert 'href="/admin/' in page, "the way back"
    assert "Traceback" not in page


@pytest.mark.usefixtures("counted")
def test_a_wrong_day_is_422_and_keeps_what_was_typed(staff: FlaskClient) -> None:
    page = get(staff, "/admin/reports/?from=2026-11-31&to=2026-11-02", 422)
    assert "“2026-11-31” is not a day" in page
    assert 'value="2026-11-31"' in page
    page = get(staff, "/admin/reports/?from=2026-11-10&to=2026-11-01", 422)
    assert "before it begins. Swap the two days." in page


@pytest.mark.parametrize(
    "address", ["?period=<script>", "?product=-1&location=99999999999999999999", "?page=9999&sort=-x", "?from=&to="]
)
@pytest.mark.usefixtures("counted")
def test_nonsense_in_the_address_falls_back(staff: FlaskClient, address: str) -> None:
    answer = staff.get(f"/admin/reports/{address}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert figure(answer.text, "scans") == "23"


@pytest.mark.usefixtures("counted")
def test_the_table_sorts_both_ways(staff: FlaskClient) -> None:
    def order(sort: str) -> list[int]:
        page = get(staff, f"/admin/reports/?sort={sort}")
        return [count for _href, count in links(page.split('id="pairs"')[1], "/placements?")]

    assert order("-scans") == order("") == [12, 7, 4]
    assert order("scans") == [4, 7, 12]


@pytest.mark.usefixtures("counted")
def test_the_workbook_says_the_same_as_the_page(staff: FlaskClient) -> None:
    answer = staff.get("/admin/reports/report.xlsx")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="shelftalk-')
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    report = book.get_sheet_by_index(0).to_python()
    assert report[0] == ["product", "location", "scans", "people_low", "people_high"]
    assert sum(row[2] for row in report[1:]) == 23
    by_day = book.get_sheet_by_index(1).to_python()
    assert len(by_day) == 29
    assert sum(row[1] for row in by_day[1:]) == 23


@pytest.mark.usefixtures("counted")
def test_the_command_line_writes_what_the_screen_exports(staff: FlaskClient, store: Store) -> None:
    first, last = TODAY - timedelta(days=20), TODAY + timedelta(days=1)
    with store.read() as db:
        made = make_report_csv(db, first, last)
    assert made == staff.get(f"/admin/reports/report.csv?from={first}&to={last}").text


@pytest.mark.usefixtures("counted")
def test_csv_says_anywhere_in_english_and_the_page_in_the_readers_language(staff: FlaskClient) -> None:
    assert "Anywhere" in staff.get("/admin/reports/report.csv", headers={"Accept-Language": "fa"}).text
    page = staff.get("/admin/reports/", headers={"Accept-Language": "fa"}).text
    assert 'dir="rtl"' in page and "۲۳" in page


@pytest.mark.parametrize("role", ["admin", "marketer", "staff"])
@pytest.mark.usefixtures("counted")
def test_every_role_may_see_reports(role: str, request: pytest.FixtureRequest) -> None:
    page = get(request.getfixturevalue(role), "/admin/reports/")
    assert figure(page, "scans") == "23"
    assert 'href="/admin/reports/report.csv' in page


@pytest.mark.parametrize("path", ["", "placements", "placements/1", "scans", "report.csv", "report.xlsx"])
def test_strangers_are_sent_to_sign_in(outsider: FlaskClient, path: str) -> None:
    answer = outsider.get(f"/admin/reports/{path}")
    assert answer.status_code == 303 and "/admin/sign-in" in answer.headers["Location"]


def test_empty_states_say_the_next_step(staff: FlaskClient, store: Store) -> None:
    assert 'href="/admin/products/new"' in get(staff, "/admin/reports/")
    tea = add_tea(store, live=False)
    assert "Nothing is published yet" in get(staff, "/admin/reports/")
    live = add_tea(store, "Lapsang")
    assert "Nothing is printed yet" in get(staff, "/admin/reports/")
    pack = add_placement(store, live)
    add_scans(store, pack, 3, scan_class="declared_bot")
    assert "No person scanned in this period" in get(staff, "/admin/reports/")
    add_scans(store, pack, 2, days_ago=60)
    page = get(staff, "/admin/reports/?period=last-month&class=all")
    assert "No scans in this period" in page or "Scans" in page
    assert "No scans here in this period" in get(staff, f"/admin/reports/?product={tea.id}")
