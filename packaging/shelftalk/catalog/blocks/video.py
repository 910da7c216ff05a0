"""A video: a file of one's own, or one elsewhere; nothing of it loads before the tap."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "video",
    mark("Video"),
    "player-play",
    mark("Your own file, or a video elsewhere. Nothing of it is loaded before the tap."),
    (
        Field("title", mark("Title"), required=True, max_length=100),
        Field(
            "file",
            mark("Video file"),
            "file",
            shared=True,
            accepts=("mp4", "webm"),
            help=mark("MP4 or WebM, at most 30 MB. Without one, the address below is used."),
        ),
        Field("poster", mark("Picture before it plays"), "image", shared=True),
        Field("focus", mark("What must stay in view"), "focus", shared=True),
        Field(
            "captions",
            mark("Captions"),
            "file",
            accepts=("vtt",),
            help=mark("A .vtt or .srt file in this language, for people who cannot hear it."),
        ),
        Field(
            "url",
            mark("Address of the video"),
            "url",
            max_length=500,
            help=mark("YouTube, Vimeo, Aparat, Bilibili, Rutube and VK play on the page; others open on their site."),
        ),
        Field("length", mark("Length"), max_length=20, help=mark("For example 1:20.")),
    ),
    jump=False,
    group="show",
    either=("file", "url"),
)
