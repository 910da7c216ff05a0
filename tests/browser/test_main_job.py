"""The main job, end to end, with nothing faked: a page, a place, a code, a print, a scan, a number."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from shelftalk import clock
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
PASSWORD = "quiet mountain tea"
NAMES = {
    "en": "High Mountain Oolong",
    "zh-Hant": "高山烏龍茶",
    "zh-Hans": "高山乌龙茶",
    "ru": "Высокогорный улун",
    "fa": "چای اولانگ کوهستان",
}
CLAIMS = {
    "en": "Hand-picked at 1,600 m.",
    "zh-Hant": "海拔一千六百公尺手採。",
    "zh-Hans": "海拔一千六百米手采。",
    "ru": "Собран вручную на высоте 1600 м.",
    "fa": "دست‌چین در ارتفاع ۱۶۰۰ متری.",
}


def set_up(page: Page, server: Server) -> None:
    """Sign in as the first administrator, by the token the console printed."""
    token = (Path(server.environ["SHELFTALK_INSTANCE"]) / "setup-token").read_text().strip()
    page.goto(f"{server.url}/admin/")
    page.get_by_label("Set-up token").fill(token)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail address").fill("ada@tea.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(f"{server.url}/admin/")


def sign_out_and_in(page: Page, server: Server) -> None:
    page.context.clear_cookies()
    page.goto(f"{server.url}/admin/products/")
    page.get_by_label("E-mail address").fill("ada@tea.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}/admin/products/")


def add_product(page: Page, server: Server) -> None:
    """A product with a wrong GTIN first: the form says the right digit and keeps the rest."""
    page.goto(f"{server.url}/admin/products/new")
    page.locator("input[name=name]").fill(NAMES["en"])
    page.locator("input[name=brand]").fill("Hillside Tea")
    page.locator("input[name=gtin]").fill("09506000134353")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("it should be 2")
    expect(page.locator("input[name=name]")).to_have_value(NAMES["en"])
    page.locator("input[name=gtin]").fill("09506000134352")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/admin/products/\d+"))


def write_page(page: Page) -> None:
    """The headline in five languages, then publish."""
    page.goto(page.url.rstrip("/").removesuffix("/page") + "/page")
    for tag in NAMES:
        page.locator(f".ed-tab input[value={tag}]").press("Space")
        page.locator(f"[data-kind=hero] [name$='.{tag}.title']").fill(NAMES[tag])
        page.locator(f"[data-kind=hero] [name$='.{tag}.claim']").fill(CLAIMS[tag])
    page.locator("[data-publish]").click()
    expect(page.locator(".badge", has_text="Live").first).to_be_visible(timeout=15000)


def add_location(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/admin/locations/new")
    page.locator("input[name=name]").fill("Tehran Tajrish")
    page.locator("input[name=code]").fill("THR-01")
    page.locator("input[name=timezone]").fill("Asia/Tehran")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/admin/locations/(\d+|$)"))


def add_placement(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/admin/placements/new")
    page.locator("select[name=product]").select_option(label=NAMES["en"])
    page.get_by_label("Tehran Tajrish").check()
    page.locator("select[name=medium]").select_option("shelf_talker")
    page.locator("select[name=language]").select_option("fa")
    page.get_by_role("button", name="Make the code").click()
    page.wait_for_url(re.compile(r"/admin/placements/(\d+|$)"))


def download_labels(page: Page, server: Server, folder: Path) -> Path:
    page.goto(f"{server.url}/admin/labels/")
    page.locator("#choice input[name=code]").first.check()
    page.locator("input[name=stock][value=avery-l7160]").press("Space")
    page.locator("input[name=start]").fill("5")
    expect(page.locator(".proven")).to_be_visible(timeout=30000)
    with page.expect_download(timeout=60000) as waiting:
        page.get_by_role("button", name="Download PDF").click()
    path = folder / "labels.pdf"
    waiting.value.save_as(path)
    return path


def decode_labels(path: Path) -> list[str]:
    """What an independent decoder reads from the sheets as a 300 dpi printer would print them."""
    with pypdfium2.PdfDocument(path) as pdf:
        rasters = [page.render(scale=300 / 72, grayscale=True).to_pil() for page in pdf]
    return [barcode.text for raster in rasters for barcode in zxingcpp.read_barcodes(raster)]


def scan(browser: Browser, address: str) -> None:
    """A shopper's phone in Persian opens what the decoder read, reloads, and changes the language."""
    phone = browser.new_context(
        locale="fa-IR",
        viewport={"width": 360, "height": 740},
        device_scale_factor=3,
        is_mobile=True,
        has_touch=True,
        user_agent="Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    )
    page = phone.new_page()
    page.goto(address)
    expect(page.locator("h1")).to_have_text(NAMES["fa"])
    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page).to_have_url(address.split("/q/")[0] + "/p/high-mountain-oolong")
    page.reload()
    expect(page.locator("h1")).to_have_text(NAMES["fa"])
    page.locator("header details summary").first.click()
    page.get_by_role("link", name="Русский").click()
    expect(page.locator("h1")).to_have_text(NAMES["ru"])
    assert phone.cookies() == []
    phone.close()


def test_a_marketer_prints_a_code_and_the_report_shows_its_scan(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    desk = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, locale="en-GB")
    page = desk.new_page()
    set_up(page, server)
    sign_out_and_in(page, server)
    add_product(page, server)
    write_page(page)
    add_location(page, server)
    add_placement(page, server)
    addresses = decode_labels(download_labels(page, server, tmp_path))
    assert len(addresses) == 1
    listed = list(csv.DictReader(io.StringIO(server.flask("codes"))))
    assert [row["url"] for row in listed] == addresses
    scan(browser, addresses[0])
    server.flask("ingest")
    check_screen(page, server)
    check_csv(server, tmp_path / "report.csv")
    desk.close()


def check_screen(page: Page, server: Server) -> None:
    """Exactly one scan: in the cell of that product and place, in the row's and in the grid's total."""
    page.goto(f"{server.url}/admin/reports/")
    table = page.locator("table.heat").first
    heads = [text.strip() for text in table.locator("thead th, thead td").all_inner_texts()]
    row = table.locator("tbody tr", has_text=NAMES["en"])
    cells = [text.strip() for text in row.locator("th, td").all_inner_texts()]
    assert dict(zip(heads[1:], cells[1:], strict=True)) == {"Tehran Tajrish": "1", "All": "1"}
    expect(table.locator("tfoot, tbody").last).to_contain_text("1")


def check_csv(server: Server, out: Path) -> None:
    today = clock.today()
    span = ["--from", str(clock.days_before(today, 1)), "--to", str(clock.days_before(today, -1))]
    server.flask("report", *span, "--out", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert [(row["product"], row["location"], row["scans"]) for row in rows] == [(NAMES["en"], "Tehran Tajrish", "1")]
