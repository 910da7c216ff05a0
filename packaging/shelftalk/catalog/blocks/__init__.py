"""Every kind of block there is: each module here defines `BLOCK`. To add one, add a file and a template."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from shelftalk.catalog.block import BlockType
from shelftalk.errors import Invalid

BLOCKS: dict[str, BlockType] = {
    block.name: block
    for block in (import_module(f"{__name__}.{module.name}").BLOCK for module in iter_modules(__path__))
}


def get_block_type(name: str) -> BlockType:
    """The kind of block of that name; raises Invalid."""
    try:
        return BLOCKS[name]
    except KeyError:
        raise Invalid(
            "type",
            "“{value}” is not a kind of block. Choose one of: {allowed}.",
            value=name,
            allowed=tuple(BLOCKS),
        ) from None
