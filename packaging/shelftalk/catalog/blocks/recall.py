"""A recall or notice: stands above everything else on the page, between two days if they are given."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

KINDS = (
    ("recall", mark("Recall")),
    ("safety", mark("Safety notice")),
    ("information", mark("Information")),
)
BLOCK = BlockType(
    "recall",
    mark("Recall or notice"),
    "triangle-alert",
    mark("Stands at the top of the page, wherever it is in this list."),
    (
        Field("kind", mark("Kind"), "choice", shared=True, options=KINDS),
        Field("heading", mark("Heading"), required=True, max_length=100),
        Field("text", mark("What it is about"), "text", required=True, max_length=1000),
        Field("advice", mark("What to do"), "text", max_length=600),
        Field(
            "lots",
            mark("Only these lot numbers"),
            "text",
            shared=True,
            max_length=1000,
            help=mark("One a line, or a range such as L2401 – L2418. Empty: all of them."),
        ),
        Field(
            "where",
            mark("Where the lot number is"),
            max_length=120,
            help=mark("For example: on the bottom of the tin, next to the date."),
        ),
        Field("link", mark("Text of the link"), max_length=80),
        Field("url", mark("Address"), "url", max_length=500),
        Field("from", mark("Shown from"), "date", shared=True, help=mark("Empty: from now on.")),
        Field("until", mark("Shown until, this day included"), "date", shared=True, help=mark("Empty: without end.")),
    ),
    jump=False,
    group="care",
)
