"""A list of links: shop, profiles, documents."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "links",
    mark("Links"),
    "link",
    mark("Where else to go: your site, social profiles, documents."),
    (
        Field("heading", mark("Heading"), max_length=80),
        Field(
            "rows",
            mark("Links"),
            "rows",
            required=True,
            fields=(
                Field("label", mark("Text"), required=True, max_length=80),
                Field("url", mark("Address"), "url", required=True, max_length=500),
            ),
        ),
    ),
    jump=False,
    group="do",
)
