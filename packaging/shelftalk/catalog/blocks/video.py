"""A link to a video; nothing of it loads before the tap."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "video",
    mark("Video link"),
    "player-play",
    mark("Leads to a video elsewhere. Nothing is loaded from there before the tap."),
    (
        Field("title", mark("Title"), required=True, max_length=100),
        Field("url", mark("Address of the video"), "url", required=True, max_length=500),
        Field("length", mark("Length"), max_length=20, help=mark("For example 1:20.")),
    ),
    jump=False,
)
