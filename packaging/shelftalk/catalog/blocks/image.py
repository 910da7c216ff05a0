"""A picture with a caption."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "image",
    mark("Picture"),
    "camera",
    mark("A photo with a caption. It is resized for phones by itself."),
    (
        Field("image", mark("Picture"), "image", shared=True, required=True),
        Field(
            "shape",
            mark("Shape"),
            "choice",
            shared=True,
            options=(
                ("", mark("Whole picture")),
                ("wide", mark("Wide, 16 to 9")),
                ("square", mark("Square")),
            ),
        ),
        Field("focus", mark("What must stay in view"), "focus", shared=True),
        Field(
            "alt",
            mark("What the picture shows"),
            required=True,
            max_length=160,
            help=mark("Read aloud to people who cannot see it."),
        ),
        Field("caption", mark("Caption"), max_length=160),
    ),
    jump=False,
    group="show",
)
