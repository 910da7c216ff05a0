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
            "alt",
            mark("What the picture shows"),
            required=True,
            max_length=160,
            help=mark("Read aloud to people who cannot see it."),
        ),
        Field("caption", mark("Caption"), max_length=160),
    ),
    jump=False,
)
