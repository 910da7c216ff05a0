"""What the label tests share: texts in five languages, items, and reading a PDF back."""

from __future__ import annotations

from collections.abc import Sequence

from shelftalk.labels.raster import open_pages
from shelftalk.labels.run import LabelItem

POINT_MM = 25.4 / 72
WORDINGS = {
    "en": ("See what is in it and how to use it", "Wild Mountain Oolong"),
    "zh-Hant": ("看看裡面有什麼、怎麼使用", "高山烏龍茶「特級」"),
    "zh-Hans": ("看看里面有什么、怎么使用", "高山乌龙茶 200 g"),
    "ru": ("Узнайте, что внутри и как это использовать", "Горный улун «Дикий»"),
    "fa": ("ببینید چه چیزی در آن است و چگونه از آن استفاده کنید", "چای Oolong کوهستان"),
}
CODES = ("k7m4p29xqd", "a2b3c4d5e6", "w9v8t7s6r5", "q2q3q4q5q6", "x7x8x9y2y3", "p4n5m6k7j8", "t8s9r2q3p4")


def make_item(number: int = 0, *, language: str = "en", name: str = "", call: str = "") -> LabelItem:
    """The label item of the code `number`, in words of `language` unless given."""
    code = CODES[number]
    words = WORDINGS[language]
    return LabelItem(
        code=code,
        url=f"https://tea.example/q/{code}",
        address=f"tea.example/q/{code}",
        name=name or words[1],
        call_to_action=call or words[0],
        language=language,
    )


def make_items(languages: Sequence[str] = tuple(WORDINGS)) -> list[LabelItem]:
    """One item for each language, each with its own code."""
    return [make_item(number, language=language) for number, language in enumerate(languages)]


def read_text(pdf: bytes, page: int = 0) -> str:
    """The text of a page as a reader would copy it."""
    with open_pages(pdf) as pages:
        return pages._document[page].get_textpage().get_text_range()


def list_objects(
    pdf: bytes, kind: int, page_height_mm: float, page: int = 0
) -> list[tuple[float, float, float, float]]:
    """The objects of a kind that stand on a page itself: left, top, right, bottom in millimetres from the top left."""
    with open_pages(pdf) as pages:
        boxes = [found.get_bounds() for found in pages._document[page].get_objects(filter=(kind,), max_depth=1)]
    return [
        (left * POINT_MM, page_height_mm - top * POINT_MM, right * POINT_MM, page_height_mm - bottom * POINT_MM)
        for left, bottom, right, top in boxes
    ]
