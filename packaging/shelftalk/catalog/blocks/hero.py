"""The first view: picture, name, one claim."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "hero",
    mark("Headline"),
    "photo",
    mark("The first thing a shopper sees: the product's picture, its name and one sentence."),
    (
        Field("title", mark("Product name"), required=True, max_length=80),
        Field("claim", mark("One sentence about it"), max_length=160),
        Field(
            "image",
            mark("Picture"),
            "image",
            shared=True,
            help=mark("Without one, the product's photo is shown."),
        ),
        Field(
            "shape",
            mark("Shape"),
            "choice",
            shared=True,
            options=(("", mark("Whole picture")), ("photo", mark("A photo from edge to edge"))),
        ),
        Field("focus", mark("What must stay in view"), "focus", shared=True),
        Field(
            "alt",
            mark("What the picture shows"),
            max_length=160,
            help=mark("Read aloud to people who cannot see it."),
        ),
    ),
    jump=False,
    once=True,
)
