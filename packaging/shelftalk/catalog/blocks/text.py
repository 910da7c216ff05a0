"""Free text in Markdown."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "text",
    mark("Text"),
    "text",
    mark("A heading and a few paragraphs. **bold**, *italic*, lists and links work."),
    (
        Field("heading", mark("Heading"), max_length=80),
        Field("body", mark("Text"), "markdown", required=True, max_length=5000),
    ),
    jump=False,
)
