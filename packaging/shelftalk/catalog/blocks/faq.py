"""Questions and answers."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "faq",
    mark("Questions"),
    "help",
    mark("What people ask in the aisle, with short answers."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Questions"),
            "rows",
            required=True,
            fields=(
                Field("question", mark("Question"), required=True, max_length=160),
                Field("answer", mark("Answer"), "text", required=True, max_length=1000),
            ),
        ),
    ),
)
