"""What the press wrote, what is on, what was won."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

KINDS = (
    ("press", mark("Press")),
    ("event", mark("Event")),
    ("award", mark("Award")),
)
BLOCK = BlockType(
    "press",
    mark("Press and events"),
    "newspaper",
    mark("Articles, events and awards, with their day and where to read on."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Entries"),
            "rows",
            required=True,
            fields=(
                Field("kind", mark("Kind"), "choice", options=KINDS),
                Field("title", mark("Title"), required=True, max_length=120),
                Field("source", mark("Who or where"), max_length=80, help=mark("The paper, the place or the jury.")),
                Field("day", mark("Day"), "date"),
                Field("url", mark("Address"), "url", max_length=500),
            ),
        ),
    ),
)
