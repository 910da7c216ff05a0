"""What buyers think: stars and words, read by somebody before they appear, with the brand's answers."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "reviews",
    mark("Reviews"),
    "star",
    mark("Stars and words of people who bought it. You read each one before it appears."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "invitation",
            mark("Invitation to write"),
            max_length=160,
            help=mark("Shown above the form, for example: how does it taste at home?"),
        ),
        Field(
            "shown",
            mark("Reviews on the page"),
            "choice",
            shared=True,
            options=(("3", "3"), ("5", "5"), ("8", "8")),
            help=mark("The others are one tap away."),
        ),
    ),
    group="ask",
    once=True,
)
