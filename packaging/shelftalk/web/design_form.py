"""Turns the editor's form into a label design and back, and does what its buttons say. Knows no store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid, mark
from shelftalk.labels.design_json import format_design, read_design
from shelftalk.labels.label_design import (
    ANY,
    KINDS,
    MOST_ELEMENTS,
    PLACE_FIELDS,
    BoxElement,
    Design,
    Element,
    ImageElement,
    LineElement,
    SymbolElement,
    TextElement,
    make_id,
    snap,
)

SIZE_FIELDS = ("name", "width_mm", "height_mm", "shape", "faces")
START_TEXT = mark("Write something")


def list_values(design: Design) -> dict[str, str]:
    """The form's values that show a design."""
    data = format_design(design)
    values = {name: _write(data[name]) for name in SIZE_FIELDS} | {"mirror": "on" if design.mirror else ""}
    for number, element in enumerate(data["elements"]):
        values |= {f"e-{number}-{name}": _write(value) for name, value in element.items() if name != "text"}
        for language, text in element.get("text", {}).items():
            values[_name_text(number, language)] = text
    return values


def _write(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _name_text(number: int, language: str) -> str:
    return f"e-{number}-text-{language}" if language else f"e-{number}-text"


def read_values(values: Mapping[str, str], design_id: str = "") -> tuple[Design, list[Invalid]]:
    """The design a form shows, with everything that cannot be read in it."""
    raw: dict[str, Any] = {name: values.get(name, "") for name in SIZE_FIELDS}
    raw |= {"mirror": bool(values.get("mirror")), "elements": []}
    for number in range(MOST_ELEMENTS + 1):
        kind = KINDS.get(values.get(f"e-{number}-kind", ""))
        if kind is None:
            break
        raw["elements"].append(_read_element(values, number, kind))
    return read_design(raw, design_id)


def _read_element(values: Mapping[str, str], number: int, kind: type[Element]) -> dict[str, Any]:
    names = ["id", "kind", *(field.name for field in (*PLACE_FIELDS, *kind.fields))]
    element: dict[str, Any] = {name: values.get(f"e-{number}-{name}", "") for name in names}
    if kind is TextElement:
        element["text"] = {tag: values.get(_name_text(number, tag), "") for tag in (ANY, *LANGUAGES)}
    if kind is ImageElement:
        element["media"] = values.get(f"e-{number}-media", "")
    return element


def change(design: Design, action: str, translate: Any) -> tuple[Design, str]:
    """The design after a button: add:<kind>, up:<id>, down:<id>, copy:<id>, remove:<id>; and the id it was about."""
    verb, _, what = action.partition(":")
    if verb == "add" and what in KINDS and len(design.elements) < MOST_ELEMENTS:
        added = _make_element(design, what, translate(START_TEXT))
        return replace(design, elements=(*design.elements, added)), added.id
    element = design.find_element(what)
    if element is None:
        return design, ""
    place = design.elements.index(element)
    if verb in ("up", "down"):
        return _move(design, place, 1 if verb == "up" else -1), element.id
    if verb == "copy" and len(design.elements) < MOST_ELEMENTS:
        copied = _copy(design, element)
        elements = [*design.elements[: place + 1], copied, *design.elements[place + 1 :]]
        return replace(design, elements=tuple(elements)), copied.id
    if verb == "remove":
        return replace(design, elements=tuple(one for one in design.elements if one is not element)), ""
    return design, element.id


def _move(design: Design, place: int, step: int) -> Design:
    """Up is over the others: later in the order."""
    elements = list(design.elements)
    other = place + step
    if 0 <= other < len(elements):
        elements[place], elements[other] = elements[other], elements[place]
    return replace(design, elements=tuple(elements))


def _copy(design: Design, element: Element) -> Element:
    room = design.width_mm - element.right_mm, design.height_mm - element.bottom_mm
    across, down = (2.0 if space >= 3 else -2.0 for space in room)
    x, y = max(0.0, element.x_mm + across), max(0.0, element.y_mm + down)
    return replace(element, id=make_id(design, element.kind), x_mm=snap(x), y_mm=snap(y))


def _make_element(design: Design, kind: str, words: str) -> Element:
    """A new element in the label's middle, of a size that suits the label."""
    wide, high = design.width_mm, design.height_mm
    made = make_id(design, kind)
    if kind == "symbol":
        side = snap(min(wide, high) * 0.6)
        return SymbolElement(made, snap((wide - side) / 2), snap((high - side) / 2), side, side)
    width, height = snap(wide * 0.4), snap(high * 0.2)
    box = made, snap((wide - width) / 2), snap((high - height) / 2), width, height
    if kind == "text":
        size = max(6.0, min(24.0, round(height * 1.6)))
        return TextElement(*box, texts=((ANY, words),), size_pt=size, least_pt=max(5.0, size / 2), lines=2)
    if kind == "line":
        return LineElement(box[0], box[1], snap(high / 2), width, 0)
    return ImageElement(*box) if kind == "image" else BoxElement(*box)
