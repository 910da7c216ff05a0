"""Labels in scripts few of us read, against pictures that somebody who does has looked at.

`REFERENCE=renew` draws the pictures again, after which each must be looked at: joined Persian letters from right to
left, the right shapes of Chinese signs, punctuation in its place.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageOps

from shelftalk.labels.item import LabelItem
from shelftalk.labels.raster import open_pages
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock

from .helpers import CODES

FOLDER = Path(__file__).with_name("reference")
DPI = 150
LETTER_PX = 3  # half a millimetre
MOST_BYTES = 30_000
# Language, call to action and product, by the picture's name.
WORDS = {
    "fa": ("fa", "ببینید چه چیزی در آن است و چگونه از آن استفاده کنید", "چای کوهستانِ پُرعطر، ۲۵۰ گرم"),
    "zh-Hant": ("zh-Hant", "看看裡面有什麼、怎麼使用", "高山烏龍茶「特級」直送，骨瓷杯"),
    "zh-Hans": ("zh-Hans", "看看里面有什么、怎么使用", "高山乌龙茶“特级”直送，骨瓷杯"),
    "ru": ("ru", "Узнайте, что внутри и как это использовать", "Горный улун «Дикий», ещё 250 г"),
    "mixed-fa": ("fa", "با Wi-Fi یا بدون آن ببینید (رایگان)", "چای کوهستان Oolong 250 g"),
    "mixed-en": ("en", "See what چای means and how to use it", "250 g Oolong (چای کوهستان)"),
}
KINDS = {"plain": "", "design": "shelf-talker"}


def make_item(language: str, call: str, name: str) -> LabelItem:
    code = CODES[0]
    return LabelItem(code, f"https://tea.example/q/{code}", f"tea.example/q/{code}", name, call, language)


def draw(item: LabelItem, kind: str) -> Image.Image:
    design = get_ready_design(KINDS[kind]).design if KINDS[kind] else None
    pdf = make_labels([item], get_stock("single-100x60"), design=design).pdf
    with open_pages(pdf) as pages:
        return pages.render(0, DPI).convert("L")


def find_path(name: str, kind: str) -> Path:
    return FOLDER / f"{name}-{kind}.png"


def count_strays(seen: Image.Image, meant: Image.Image) -> int:
    """Dots that are dark in one picture and have nothing dark beside them in the other: softer edges have none."""
    if seen.size != meant.size:
        return seen.width * seen.height
    return _count_alone(seen, meant) + _count_alone(meant, seen)


def _count_alone(one: Image.Image, other: Image.Image) -> int:
    dark = one.point(lambda value: 255 * (value < 100))
    near = other.filter(ImageFilter.MinFilter(3)).point(lambda value: 255 * (value < 170))
    return ImageChops.subtract(dark, near).histogram()[255]


MOST_STRAYS = 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", WORDS)
def test_a_label_looks_as_it_did_when_it_was_looked_at(name: str, kind: str) -> None:
    picture, path = draw(make_item(*WORDS[name]), kind), find_path(name, kind)
    if os.environ.get("REFERENCE") == "renew":
        picture.save(path, optimize=True)
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as meant:
        assert meant.mode == "L"
        assert count_strays(picture, meant) <= MOST_STRAYS


@pytest.mark.parametrize("name", WORDS)
def test_what_must_not_pass_is_caught(name: str) -> None:
    """The control: mirrored, one letter moved or gone. Softened edges and half a grey more do pass."""
    with Image.open(find_path(name, "plain")) as picture:
        meant = picture.convert("L")
    soft = meant.filter(ImageFilter.GaussianBlur(0.4))
    assert count_strays(soft, meant) <= MOST_STRAYS
    mirrored = ImageOps.mirror(meant)
    assert count_strays(mirrored, meant) > 20 * MOST_STRAYS
    shifted = ImageChops.offset(meant, 0, LETTER_PX)
    assert count_strays(shifted, meant) > 20 * MOST_STRAYS
    box = find_letter(meant)
    gone, moved = meant.copy(), meant.copy()
    gone.paste(255, box)
    moved.paste(255, box)
    moved.paste(meant.crop(box), (box[0] + LETTER_PX, box[1]))
    assert count_strays(gone, meant) > MOST_STRAYS and count_strays(moved, meant) > MOST_STRAYS


def find_letter(picture: Image.Image) -> tuple[int, int, int, int]:
    """A part of a text as wide as a letter, in the half without the symbol."""
    ink = picture.point(lambda value: 255 * (value < 100))
    half = picture.width // 2
    left = half if ink.crop((half, 0, picture.width, picture.height)).histogram()[255] * 2 < ink.histogram()[255] else 0
    text = ink.crop((left, 0, left + half, picture.height))
    top = text.getbbox()[1]
    right = left + text.crop((0, top, half, top + 12)).getbbox()[2]
    return right - 20, top, right, top + 30


@pytest.mark.parametrize(
    ("name", "language"),
    [("zh-Hant", "zh-Hans"), ("zh-Hans", "zh-Hant"), ("mixed-fa", "en")],
)
def test_words_set_for_another_language_are_caught(name: str, language: str) -> None:
    """The same signs have other shapes and other places for other readers."""
    _, call, product = WORDS[name]
    with Image.open(find_path(name, "plain")) as meant:
        assert count_strays(draw(make_item(language, call, product), "plain"), meant) > MOST_STRAYS


def test_persian_letters_that_are_not_joined_are_caught() -> None:
    _, call, product = WORDS["fa"]
    apart = call.replace("چیزی", "چ\u200cی\u200cز\u200cی")
    with Image.open(find_path("fa", "plain")) as meant:
        assert count_strays(draw(make_item("fa", apart, product), "plain"), meant) > MOST_STRAYS
