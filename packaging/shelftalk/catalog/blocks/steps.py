"""Numbered steps: how to use, brew, cook or assemble."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "steps",
    mark("Steps"),
    "list-numbers",
    mark("How to use it, one step a line."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Steps"),
            "rows",
            required=True,
            fields=(Field("text", mark("Step"), "text", required=True, max_length=400),),
        ),
    ),
    group="care",
)
