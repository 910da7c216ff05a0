"""A table of facts: what is in it, sizes, origin."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "facts",
    mark("Facts"),
    "list-details",
    mark("Short pairs such as Origin: Alishan, Material: glass, Size: M. A warning below stands out."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Facts"),
            "rows",
            required=True,
            fields=(
                Field("label", mark("Name"), required=True, max_length=60),
                Field("value", mark("Value"), required=True, max_length=160),
            ),
        ),
        Field(
            "warning",
            mark("Warning"),
            max_length=200,
            help=mark("For example: May contain traces of peanuts."),
        ),
    ),
)
