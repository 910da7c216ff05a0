"""Keeps an amount and its unit on one line, in what marketers and translators wrote; knows no page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from shelftalk.catalog.block import Field, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.web.block_views import BlockView

NO_BREAK = "\u00a0"
WRITTEN = {"line", "text", "markdown"}  # kinds of fields whose text is read, not looked up
SPACED = (
    "%|°C|°F|kg|g|mg|µg|mcg|l|L|ml|mL|cl|dl|km|m|cm|mm|kJ|kcal|cal|min|h|hr|s|oz|lb|"
    "кг|г|мг|мкг|л|мл|км|м|см|мм|кДж|ккал|мин|ч|с|₽|руб|€|"
    "گرم|کیلوگرم|میلی‌گرم|لیتر|میلی‌لیتر|متر|سانتی‌متر|میلی‌متر|کیلومتر|کیلوژول|کیلوکالری|دقیقه|ساعت|درجه|درصد|تومان|ریال"
)
# Chinese goes on without a space.
UNSPACED = "公克|公斤|公升|公分|公尺|公里|毫克|毫升|毫米|克|千克|升|厘米|米|大卡|千卡|千焦|小時|小时|分鐘|分钟|秒|元"
AMOUNT = re.compile(rf"(?<=[\d½¼¾⅓⅔]) (?=(?:{SPACED})(?!\w)|(?:{UNSPACED})|×\s?\d)|(?<=\d\s×) (?=\d)")


def bind_units(text: str) -> str:
    """`text` with no line break between a number and its unit; Markup stays Markup."""
    bound = AMOUNT.sub(NO_BREAK, text)
    return Markup(bound) if isinstance(text, Markup) else bound  # noqa: S704 (as safe as it was)


def bind_view(view: BlockView) -> BlockView:
    """A block with the units of its texts bound; addresses, numbers and choices stay as they are."""
    return replace(view, values=_bind_fields(get_block_type(view.type).fields, view.values))


def _bind_fields(fields: tuple[Field, ...], values: Mapping[str, Value]) -> dict[str, Value]:
    kinds = {one.name: one for one in fields}
    return {name: _bind_value(kinds[name], value) if name in kinds else value for name, value in values.items()}


def _bind_value(field: Field, value: Value) -> Value:
    if isinstance(value, list):
        return [{name: str(text) for name, text in _bind_fields(field.fields, row).items()} for row in value]
    return bind_units(value) if field.kind in WRITTEN else value
