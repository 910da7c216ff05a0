"""Where to buy it: shops with a price note, an address and a way there."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "shops",
    mark("Where to buy"),
    "locations",
    mark("Shops, online or in town. The one button at the bottom is a block of its own."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Shops"),
            "rows",
            required=True,
            fields=(
                Field("name", mark("Shop"), required=True, max_length=80),
                Field("price", mark("Price note"), max_length=30, help=mark("For example NT$ 680.")),
                Field("place", mark("Street and town, or how it delivers"), max_length=120),
                Field("url", mark("Address of the shop"), "url", max_length=500),
            ),
        ),
    ),
    group="do",
)
