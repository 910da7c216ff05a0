"""Passing the page on to a friend. What is shared counts as word of mouth, not as a scan in a shop."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "share",
    mark("Share"),
    "share-2",
    mark("A button to send the page to a friend. It takes the place of the one at the bottom of the screen."),
    (
        Field("heading", mark("Heading"), max_length=80),
        Field(
            "text",
            mark("Invitation"),
            "text",
            required=True,
            max_length=200,
            help=mark("For example: Know somebody who would like this?"),
        ),
    ),
    jump=False,
    group="do",
    once=True,
)
