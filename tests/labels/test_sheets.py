"""Sheets as they leave the room: read back from the PDF, from its pictures and by the decoder."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.design import wrap_address
from shelftalk.labels.raster import make_preview, open_pages
from shelftalk.labels.run import LabelItem, make_labels
from shelftalk.labels.stock import get_stock, list_stocks
from shelftalk.labels.symbol import QUIET_MODULES, make_symbol

from .helpers import CODES, POINT_MM, WORDINGS, list_objects, make_item, make_items, read_text

STOCKS = list_stocks()
TINY = {"avery-5167"}  # room for a name and an address only


def read_sheet(pdf: bytes, page: int = 0, dpi: int = 300) -> list[str]:
    with open_pages(pdf) as pages:
        image = pages.render(page, dpi)
    return [symbol.text for symbol in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.id)
def test_all_five_languages_are_printed_and_read_on_every_stock(stock):
    items = [replace(item, call_to_action="") for item in make_items()] if stock.id in TINY else make_items()
    sheets = make_labels(items, stock)
    assert sheets.labels == sheets.proof.symbols == 5
    assert sheets.sheets == -(-5 // stock.count)
    assert sheets.proof.empty == sheets.sheets * stock.count - 5
    read = [text for page in range(sheets.sheets) for text in read_sheet(sheets.pdf, page)]
    assert sorted(read) == sorted(f"https://tea.example/q/{code}" for code in CODES[:5])


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("stock_id", ["avery-l7651", "avery-5167", "avery-8293", "dymo-11352", "brother-dk-11204"])
def test_the_smallest_labels_read_on_every_printer(stock_id, dpi):
    stock = get_stock(stock_id)
    items = [make_item(number, call=" ") for number in range(min(7, stock.count))]
    made = make_labels(items, stock)
    assert sorted(read_sheet(made.pdf, 0, dpi)) == sorted(item.url for item in items)


@pytest.mark.parametrize("stock_id", ["avery-l7160", "avery-l7651", "avery-22806", "single-100x150"])
@pytest.mark.parametrize("language", WORDINGS)
def test_no_text_touches_the_quiet_zone_or_leaves_the_label(stock_id, language):
    stock = get_stock(stock_id)
    sheets = make_labels([make_item(language=language)], stock)
    ((x, y, right, bottom),) = list_objects(sheets.pdf, FPDF_PAGEOBJ_PATH, stock.page_height_mm)
    quiet = QUIET_MODULES * (right - x) / make_symbol(f"https://tea.example/q/{CODES[0]}").size
    dots = 600 / 25.4
    with open_pages(sheets.pdf) as pages:
        image = pages.render(0, 600)
    image.paste(255, tuple(round(value * dots) for value in (x - 0.04, y - 0.04, right + 0.04, bottom + 0.04)))
    zone = image.crop(tuple(round(value * dots) for value in (x - quiet, y - quiet, right + quiet, bottom + quiet)))
    assert zone.getextrema() == (255, 255)
    ink = image.point(lambda value: 255 - value).getbbox()
    cell = stock.get_cell(0)
    air = 0.8 * dots
    assert ink[0] >= cell.x_mm * dots + air and ink[2] <= (cell.x_mm + stock.label_width_mm) * dots - air
    assert ink[1] >= cell.y_mm * dots + air and ink[3] <= (cell.y_mm + stock.label_height_mm) * dots - air


def test_what_is_printed_can_be_searched_and_copied():
    text = read_text(make_labels([make_item()], get_stock("avery-l7163")).pdf)
    assert "tea.example/q/k7m4p29xqd" in text
    assert "See what is in it" in text and "Wild Mountain Oolong" in text


def test_a_used_sheet_is_begun_at_the_label_asked_for():
    stock = get_stock("avery-l7160")
    sheets = make_labels([make_item(number) for number in range(4)], stock, start=20)
    assert (sheets.sheets, sheets.labels, sheets.proof.empty) == (2, 4, 38)
    assert read_sheet(sheets.pdf, 0) == [make_item(0).url, make_item(1).url]
    symbols = list_objects(sheets.pdf, FPDF_PAGEOBJ_PATH, stock.page_height_mm)
    assert symbols[0][0] > stock.get_cell(19).x_mm and symbols[0][1] > stock.get_cell(19).y_mm


def test_copies_of_one_label_follow_each_other():
    sheets = make_labels([make_item(0), make_item(1)], get_stock("avery-5160"), copies=4)
    read = read_sheet(sheets.pdf)
    assert sheets.labels == len(read) == 8
    assert read.count(make_item(0).url) == read.count(make_item(1).url) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 30}, "Label 30 does not exist on Avery L7160: it has 21. Choose 1 to 21."),
        ({"copies": 0}, "0 copies cannot be printed. Choose 1 to 1000."),
        ({"copies": 1001}, "1001 copies cannot be printed"),
    ],
)
def test_impossible_counts_are_refused(options, message):
    with pytest.raises(Invalid, match=message):
        make_labels([make_item()], get_stock("avery-l7160"), **options)
    with pytest.raises(Invalid, match="Choose at least one placement"):
        make_labels([], get_stock("avery-l7160"))


def test_a_character_no_font_has_is_named():
    with pytest.raises(Invalid) as error:
        make_labels([make_item(name="Tea 𓀀 of Egypt")], get_stock("avery-l7160"))
    assert error.value.field == "name"
    assert "“𓀀” (U+13000) in “Tea 𓀀 of Egypt”" in str(error.value)


@pytest.mark.parametrize(
    "name", ["চা", "ชาเขียว", "תה ירוק", "हरी चाय", "Չայ", "お茶と緑", "녹차", "Tea 🍵", "é ₿ № ½ — “x”"]
)
def test_names_in_other_scripts_are_set_too(name):
    assert make_labels([make_item(name=name)], get_stock("avery-l7163")).proof.symbols == 1


def test_a_text_that_does_not_fit_is_refused_with_its_length():
    words = "See everything there is to know about this tea, its growers, its mountain and its weather " * 3
    with pytest.raises(Invalid) as error:
        make_labels([make_item(call=words)], get_stock("avery-l7651"))
    assert error.value.field == "call_to_action"
    assert error.value.values["excess"] > 20
    assert "mm too long for a label of 38.1 × 21.2 mm, even at 5.0 pt. Shorten it" in str(error.value)


def test_one_long_word_is_refused_with_what_sticks_out():
    with pytest.raises(Invalid) as error:
        make_labels([make_item(name="Donaudampfschifffahrtsgesellschaftskapitän")], get_stock("avery-l7651"))
    assert error.value.field == "name" and 5 < error.value.values["excess"] < 40


def test_an_address_too_long_and_a_label_too_small_are_refused():
    host = "averylonghostnamewithoutanybreak.example"
    item = replace(make_item(), address=f"{host}/q/{CODES[0]}", url=f"https://{host}/q/{CODES[0]}")
    with pytest.raises(Invalid, match=r"The address is [\d.]+ mm too long for labels of 38.1 × 21.2 mm"):
        make_labels([item], get_stock("avery-l7651"))
    tiny = replace(get_stock("single-50x50"), label_width_mm=9.0, label_height_mm=9.0)
    with pytest.raises(Invalid, match=r"are too small for this symbol|The address is"):
        make_labels([make_item()], tiny)


def test_markup_in_a_text_is_printed_as_it_stands():
    name = '#emph[x] $x^2$ *b* _i_ @ref \\ // `raw` <a> #read("/etc/passwd")'
    text = " ".join(read_text(make_labels([make_item(name=name)], get_stock("avery-l7165")).pdf).split())
    assert name in text


def test_same_input_gives_the_same_bytes():
    stock = get_stock("avery-l7160")
    first, second = make_labels(make_items(), stock), make_labels(make_items(), stock)
    assert first.pdf == second.pdf and first.sha256 == second.sha256
    reader = PdfReader(io.BytesIO(first.pdf))
    assert "/CreationDate" not in (reader.metadata or {}) and "/ID" not in reader.trailer


def test_the_printer_is_told_not_to_scale_and_gets_black_ink_only():
    reader = PdfReader(io.BytesIO(make_labels(make_items(), get_stock("avery-l7160")).pdf))
    assert reader.root_object["/ViewerPreferences"]["/PrintScaling"] == "/None"
    page = reader.pages[0]
    forms = [form.get_object() for form in page["/Resources"]["/XObject"].values()]
    drawing = [page.get_contents().get_data(), *(form.get_data() for form in forms)]
    assert len(forms) == 5
    for data in drawing:
        words = data.split()
        assert b"k" in words and not {b"rg", b"RG", b"g", b"G", b"sc", b"scn", b"K"} & set(words)


def test_equal_wordings_are_typeset_once():
    items = [make_item(number) for number in range(7)]
    page = PdfReader(io.BytesIO(make_labels(items, get_stock("avery-l7160")).pdf)).pages[0]
    assert len(page["/Resources"]["/XObject"]) == 1


def test_persian_reads_from_the_right_and_its_first_word_is_on_the_first_line():
    stock = get_stock("avery-l7163")
    pdf = make_labels([make_item(language="fa")], stock).pdf
    ((_, _, right, _),) = list_objects(pdf, FPDF_PAGEOBJ_PATH, stock.page_height_mm)
    assert right < stock.left_mm + stock.label_width_mm / 2  # the symbol ends the line of reading: at the left
    letters = read_letters(pdf)
    first = [box for sign, box in letters if sign == "ب"]  # ببینید begins the call to action
    last = [box for sign, box in letters if sign == "ف"]  # استفاده is near its end
    assert max(box[1] for box in first) > max(box[1] for _, box in letters) - 5  # a line is 6 mm high
    assert max(box[2] for box in first) > stock.left_mm + stock.label_width_mm - 6
    assert max(box[1] for box in last) < max(box[1] for box in first) - 3


def read_letters(pdf: bytes) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every letter of the first page with its box in millimetres from the bottom left."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[0].get_textpage()
        boxes = [text.get_charbox(place) for place in range(text.count_chars())]
        signs = [text.get_text_range(place, 1) for place in range(text.count_chars())]
    finally:
        document.close()
    return [(sign, tuple(value * POINT_MM for value in box)) for sign, box in zip(signs, boxes, strict=True)]


def test_progress_tells_the_sheets_proven():
    told: list[tuple[int, int]] = []
    items = [make_item(number) for number in range(3)]
    make_labels(items, get_stock("single-62x29"), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_page_can_be_looked_at_as_a_picture():
    pdf = make_labels([make_item()], get_stock("single-100x60")).pdf
    picture = Image.open(io.BytesIO(make_preview(pdf, dpi=127)))
    assert picture.size == pytest.approx((500, 300), abs=1)
    with pytest.raises(NotFound, match=r"There is no page 2. The pages are 1 to 1."):
        make_preview(pdf, 1)


def test_an_item_without_a_call_or_a_name_is_still_a_label():
    bare = LabelItem("k7m4p29xqd", make_item().url, make_item().address, "", "", "en")
    assert make_labels([bare], get_stock("avery-l7160")).proof.symbols == 1


def test_two_files_made_at_once_do_not_disturb_each_other():
    stocks = [get_stock("avery-l7160"), get_stock("avery-22806")] * 2
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda stock: make_labels(make_items(), stock), stocks))
    assert made[0].sha256 == made[2].sha256 and made[1].sha256 == made[3].sha256


def test_a_long_host_is_broken_where_it_can_be_and_fits_the_smallest_label():
    host = "shop.mountain-tea-company.com"
    items = [
        replace(item, url=f"https://{host}/q/{item.code}", address=f"{host}/q/{item.code}") for item in make_items()
    ]
    assert make_labels(items, get_stock("avery-l7651")).proof.symbols == 5
    assert wrap_address(f"{host}/q/k7m4p29xqd", 3) == ["shop.mountain", "-tea-company.com", "/q/k7m4p29xqd"]
    assert wrap_address("localhost:8000/q/k7m4p29xqd", 3) is None
