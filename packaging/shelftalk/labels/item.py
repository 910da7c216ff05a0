"""What one label is to say, and how a design's placeholders take it up. Knows no layout."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shelftalk.labels.design_json import PLACEHOLDER
from shelftalk.labels.label_design import Design, TextElement

_LOOSE = " \t·•|,;/–—-"  # what joins two words and is left over when one of them is missing


@dataclass(frozen=True)
class LabelItem:
    """What one label is to say. `url` is in the symbol, `address` is its short form for people to read."""

    code: str
    url: str
    address: str
    name: str
    call_to_action: str
    language: str
    brand: str = ""
    price: str = ""
    location: str = ""
    placement: str = ""
    gtin: str = ""  # as people read it: (01) and 14 digits
    serial: str = ""  # of the one unit that has this code
    medium: str = ""  # what it is put up on, which says from how far it is read; empty in older runs


def list_words(design: Design, item: LabelItem) -> tuple[str, ...]:
    """The words of a design's texts on this label, in their order; empty where nothing is to be said."""
    texts = (element for element in design.elements if isinstance(element, TextElement))
    return tuple(fill_template(element.get_template(item.language), item) for element in texts)


def fill_template(template: str, item: LabelItem) -> str:
    """A template with the item's words in its places.

    >>> fill_template("{brand} · {product}", LabelItem("k7", "", "", "Oolong", "", "en"))
    'Oolong'
    """
    values = {
        "product": item.name,
        "brand": item.brand,
        "call": item.call_to_action,
        "price": item.price,
        "location": item.location,
        "placement": item.placement,
        "code": item.code,
        "gtin": item.gtin,
        "serial": item.serial,
        "address": item.address,
    }
    lines = (_fill_line(line, values) for line in template.split("\n"))
    return "\n".join(line for line in lines if line)


def _fill_line(line: str, values: dict[str, str]) -> str:
    names = PLACEHOLDER.findall(line)
    filled = PLACEHOLDER.sub(lambda found: values.get(found[1], ""), line)
    if all(values.get(name) for name in names):
        return filled.strip()
    if not any(values.get(name) for name in names) and not re.sub(r"[\W_]", "", PLACEHOLDER.sub("", line)):
        return ""
    return re.sub(r"\s{2,}", " ", filled).strip(_LOOSE)


def asks_for(design: Design, placeholder: str) -> bool:
    """Whether any text of the design wants this placeholder."""
    templates = (text for element in design.elements if isinstance(element, TextElement) for _, text in element.texts)
    return any(placeholder in PLACEHOLDER.findall(template) for template in templates)
