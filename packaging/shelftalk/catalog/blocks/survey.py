"""A survey: two to five questions, answered without a name."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

KINDS = (
    ("one", mark("Choose one")),
    ("several", mark("Choose several")),
    ("scale", mark("Scale from 1 to 5")),
    ("text", mark("Short text")),
)
BLOCK = BlockType(
    "survey",
    mark("Survey"),
    "list",
    mark("Two to five questions. Answers are counted without names; all languages count together, row by row."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("intro", mark("Text above"), "text", max_length=300),
        Field(
            "rows",
            mark("Questions"),
            "rows",
            required=True,
            help=mark("Keep questions and answers in the same order in every language."),
            fields=(
                Field("question", mark("Question"), required=True, max_length=160),
                Field("kind", mark("Kind of answer"), "choice", options=KINDS),
                Field(
                    "answers",
                    mark("Answers"),
                    "text",
                    max_length=800,
                    help=mark("One per line. For a scale: what 1 and 5 mean, on two lines."),
                ),
                Field("required", mark("Must be answered"), "check"),
            ),
        ),
        Field("goal", mark("Answers wanted"), "number", shared=True, help=mark("The results show how far it is.")),
        Field("button", mark("Text on the button"), max_length=40),
        Field("thanks", mark("Thank-you text"), "text", max_length=300),
    ),
    group="ask",
)
