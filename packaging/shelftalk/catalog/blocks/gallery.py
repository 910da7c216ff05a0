"""Several pictures, to swipe through."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "gallery",
    mark("Gallery"),
    "layers",
    mark("Several photos in a row, to swipe through: the product in use, its sizes, where it comes from."),
    (
        Field("heading", mark("Heading"), max_length=80),
        Field(
            "rows",
            mark("Pictures"),
            "rows",
            required=True,
            fields=(
                Field("image", mark("Picture"), "image", required=True),
                Field("focus", mark("What must stay in view"), "focus"),
                Field(
                    "alt",
                    mark("What the picture shows"),
                    required=True,
                    max_length=160,
                    help=mark("Read aloud to people who cannot see it."),
                ),
                Field("caption", mark("Caption"), max_length=160),
            ),
        ),
    ),
    group="show",
)
