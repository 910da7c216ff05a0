"""Questions and answers, and a way to ask."""

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
            "ask",
            mark("Let shoppers ask"),
            "choice",
            shared=True,
            options=(("yes", mark("Yes, with a search field")), ("no", mark("No"))),
            help=mark("Answers come from the whole page. What it cannot answer is listed for you under Questions."),
        ),
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
    group="ask",
)
