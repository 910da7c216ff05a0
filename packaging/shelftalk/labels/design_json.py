"""Reads and writes label designs as plain data: what the store keeps, forms send and files carry."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from math import isfinite
from typing import Any

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.label_design import (
    ANY,
    KINDS,
    MAX_NAME,
    MAX_TEXT,
    MOST_ELEMENTS,
    PLACE_FIELDS,
    PLACEHOLDERS,
    SHAPES,
    Choice,
    Design,
    Element,
    ImageElement,
    Number,
    TextElement,
    snap,
)

MARK = "shelftalk label design"
FORMAT = 1
MAX_FILE = 12_000_000  # bytes
LEAST_SIDE_MM, MOST_SIDE_MM = 8, 1200
SIZES = (
    Number("width_mm", "Width", LEAST_SIDE_MM, MOST_SIDE_MM, 0.1, "mm"),
    Number("height_mm", "Height", LEAST_SIDE_MM, MOST_SIDE_MM, 0.1, "mm"),
)
FACES = Number("faces", "Faces", 1, 2, 1, "")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_MEDIA = re.compile(r"[0-9a-f]{8,64}")
PLACEHOLDER = re.compile(r"\{([a-z]*)\}")


def format_design(design: Design) -> dict[str, Any]:
    """The design as plain data; `parse_design` reads it back equal."""
    return {
        "name": design.name,
        "width_mm": design.width_mm,
        "height_mm": design.height_mm,
        "shape": design.shape,
        "faces": design.faces,
        "mirror": design.mirror,
        "elements": [format_element(element) for element in design.elements],
    }


def format_element(element: Element) -> dict[str, Any]:
    """One element as plain data."""
    data: dict[str, Any] = {"kind": element.kind, "id": element.id}
    data |= {field.name: getattr(element, field.name) for field in (*PLACE_FIELDS, *element.fields)}
    if isinstance(element, TextElement):
        data["text"] = dict(element.texts)
    if isinstance(element, ImageElement):
        data["media"] = element.media
    return data


def parse_design(raw: object, design_id: str = "") -> Design:
    """A design from plain data; raises Invalid naming the first field that is wrong."""
    design, faults = read_design(raw, design_id)
    if faults:
        raise faults[0]
    return design


def read_design(raw: object, design_id: str = "") -> tuple[Design, list[Invalid]]:
    """A design from plain data with everything that is wrong in it; what cannot be read has its default.

    A mistake in an element has the field `<element id>.<field>`.
    """
    faults: list[Invalid] = []
    if not isinstance(raw, Mapping):
        faults.append(Invalid("", "This is not a label design. Choose a file that was exported from here."))
        raw = {}
    sizes = [_catch(faults, _parse_number, "", field, raw, 50.0) for field in SIZES]
    design = Design(
        id=design_id,
        name=_catch(faults, _parse_name, raw.get("name"), default=""),
        width_mm=sizes[0],
        height_mm=sizes[1],
        shape=_catch(faults, _parse_choice, "", Choice("shape", "", SHAPES), raw, "rectangle"),
        faces=int(_catch(faults, _parse_number, "", FACES, raw, 1)),
        mirror=raw.get("mirror", True) is not False,
        elements=tuple(_read_elements(raw.get("elements"), faults)),
    )
    return design, faults


def _catch(faults: list[Invalid], parser: Any, *args: Any, default: Any = None) -> Any:
    """What the parser gives; its Invalid is noted and the default comes out."""
    try:
        return parser(*args)
    except Invalid as error:
        faults.append(error)
        return args[-1] if default is None else default


def _parse_name(value: object) -> str:
    name = " ".join(str(value or "").split())
    if not name:
        raise Invalid("name", "A design needs a name. Write one that says what it is for.")
    if len(name) > MAX_NAME:
        raise Invalid(
            "name",
            "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
            value=name[:30],
            length=len(name),
            allowed=MAX_NAME,
            excess=len(name) - MAX_NAME,
        )
    return name


def _name_field(element_id: str, name: str) -> str:
    return f"{element_id}.{name}" if element_id else name


def _parse_number(element_id: str, field: Number, raw: Mapping[str, Any], default: float) -> float:
    value = raw.get(field.name, default)
    number = _read_number(value)
    if number is None or not field.low <= number <= field.high or (field.step == 1 and number != int(number)):
        raise Invalid(
            _name_field(element_id, field.name),
            "“{value}” does not fit here. Write a number from {low} to {high}{unit}.",
            value=str(value)[:30],
            low=field.low,
            high=field.high,
            unit=f" {field.unit}" if field.unit else "",
        )
    if field.step == 1:
        return int(number)
    return snap(number) if field.unit == "mm" else round(number, 2)


def _read_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value.strip().replace(",", ".")[:30] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _parse_choice(element_id: str, field: Choice, raw: Mapping[str, Any], default: str) -> str:
    value = raw.get(field.name, default)
    if isinstance(value, str) and value in field.options:
        return value
    raise Invalid(
        _name_field(element_id, field.name),
        "“{value}” cannot be chosen here. Allowed are: {allowed}.",
        value=str(value)[:30],
        allowed=tuple(field.options),
    )


def _read_elements(raw: object, faults: list[Invalid]) -> Iterable[Element]:
    if not isinstance(raw, (list, tuple)):
        faults.append(Invalid("", "A design needs a list of elements, and this has none."))
        return
    if len(raw) > MOST_ELEMENTS:
        faults.append(
            Invalid("", "{value} elements are too many: at most {allowed}.", value=len(raw), allowed=MOST_ELEMENTS)
        )
    taken: set[str] = set()
    for number, data in enumerate(raw[:MOST_ELEMENTS], start=1):
        element = _read_element(data, number, taken, faults)
        if element:
            taken.add(element.id)
            yield element


def _read_element(data: object, number: int, taken: set[str], faults: list[Invalid]) -> Element | None:
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(kind, str) or kind not in KINDS:
        faults.append(
            Invalid(
                "",
                "Element {number} is of the kind “{value}”. Allowed are: {allowed}.",
                number=number,
                value=str(kind)[:30],
                allowed=tuple(KINDS),
            )
        )
        return None
    made = KINDS[kind]
    element_id = data.get("id")
    if not isinstance(element_id, str) or not _ID.fullmatch(element_id) or element_id in taken:
        faults.append(
            Invalid(
                "",
                "The id “{value}” of element {number} is taken or holds other signs than a–z, 0–9 and -.",
                value=str(element_id)[:30],
                number=number,
            )
        )
        return None
    values = {field.name: _catch(faults, _parse_number, element_id, field, data, 0.0) for field in PLACE_FIELDS}
    element = made(element_id, **values)
    return replace(element, **_read_fields(element, data, faults))


def _read_fields(element: Element, data: Mapping[str, Any], faults: list[Invalid]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in element.fields:
        parser = _parse_number if isinstance(field, Number) else _parse_choice
        values[field.name] = _catch(faults, parser, element.id, field, data, getattr(element, field.name))
    if isinstance(element, TextElement):
        values["texts"] = _catch(faults, _parse_texts, element.id, data.get("text", {}), default=())
    if isinstance(element, ImageElement):
        values["media"] = _catch(faults, _parse_media, element.id, data.get("media", ""), default="")
    return values


def _parse_media(element_id: str, value: object) -> str:
    if isinstance(value, str) and (not value or _MEDIA.fullmatch(value)):
        return value
    raise Invalid(_name_field(element_id, "media"), "“{value}” is not a picture. Choose one.", value=str(value)[:30])


def _parse_texts(element_id: str, raw: object) -> tuple[tuple[str, str], ...]:
    field = _name_field(element_id, "text")
    if isinstance(raw, str):
        raw = {ANY: raw}
    if not isinstance(raw, Mapping):
        raise Invalid(field, "“{value}” is not a text.", value=str(raw)[:30])
    texts = []
    for language, value in raw.items():
        if language != ANY and language not in LANGUAGES:
            raise Invalid(
                field,
                "“{value}” is not a language of this site. Choose one of: {allowed}.",
                value=str(language)[:30],
                allowed=tuple(LANGUAGES),
            )
        text = parse_template(field, value)
        if text:
            texts.append((language, text))
    return tuple(sorted(texts))


def parse_template(field: str, value: object) -> str:
    """A text with placeholders, checked; raises Invalid for one there is not."""
    if not isinstance(value, str):
        raise Invalid(field, "“{value}” is not a text.", value=str(value)[:30])
    lines = (" ".join(line.split()) for line in value.replace("\r\n", "\n").split("\n"))
    text = "\n".join(lines).strip("\n")
    if len(text) > MAX_TEXT:
        raise Invalid(
            field,
            "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
            value=text[:30],
            length=len(text),
            allowed=MAX_TEXT,
            excess=len(text) - MAX_TEXT,
        )
    for name in PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            near = get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.5)
            raise Invalid(
                field,
                "There is no placeholder {value}. Allowed are: {allowed}.",
                value="{" + name + "}",
                allowed=tuple("{" + known + "}" for known in near or PLACEHOLDERS),
            )
    return text


def format_file(design: Design, images: Mapping[str, bytes]) -> bytes:
    """The design as a file with its pictures in it; raises Invalid when it would be too large to take in again."""
    data = {"what": MARK, "format": FORMAT} | format_design(design)
    data["images"] = {media: base64.b64encode(images[media]).decode() for media in design.media}
    file = json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"
    _check_length(len(file))
    return file


def _check_length(length: int) -> None:
    if length > MAX_FILE:
        raise Invalid(
            "file",
            "The file has {value} MB; at most {allowed} MB are allowed. Use smaller pictures.",
            value=round(length / 1_000_000, 1),
            allowed=MAX_FILE // 1_000_000,
        )


def parse_file(file: bytes) -> tuple[Design, dict[str, bytes]]:
    """The design of a file, and its pictures by the ids the design calls them; raises Invalid."""
    _check_length(len(file))
    try:
        data = json.loads(file.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.get("what") != MARK:
        raise Invalid("file", "This is not a label design. Choose a file that was exported from here.")
    if data.get("format") != FORMAT:
        raise Invalid(
            "file",
            "The file is of format “{value}”; this version reads format {allowed}. Export it again from a newer "
            "version, or update this one.",
            value=str(data.get("format"))[:30],
            allowed=FORMAT,
        )
    design = parse_design(data)
    return design, _parse_images(design, data.get("images"))


def _parse_images(design: Design, raw: object) -> dict[str, bytes]:
    images = raw if isinstance(raw, dict) else {}
    found = {}
    for media in design.media:
        try:
            found[media] = base64.b64decode(images.get(media, "").encode("ascii"), validate=True)
        except (AttributeError, UnicodeEncodeError, binascii.Error):
            found[media] = b""
        if not found[media]:
            raise Invalid(
                "file", "The picture “{value}” of the design is missing in the file. Export it again.", value=media
            )
    return found
