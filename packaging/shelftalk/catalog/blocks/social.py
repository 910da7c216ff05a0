"""Where to follow the brand: its profiles on social networks."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

NETWORKS = (
    ("instagram", mark("Instagram")),
    ("facebook", mark("Facebook")),
    ("youtube", mark("YouTube")),
    ("tiktok", mark("TikTok")),
    ("x", mark("X")),
    ("whatsapp", mark("WhatsApp")),
    ("telegram", mark("Telegram")),
    ("line", mark("LINE")),
    ("wechat", mark("WeChat")),
    ("weibo", mark("Weibo")),
    ("xiaohongshu", mark("Xiaohongshu")),
    ("douyin", mark("Douyin")),
    ("vk", mark("VK")),
    ("rubika", mark("Rubika")),
    ("bale", mark("Bale")),
    ("eitaa", mark("Eitaa")),
    ("other", mark("Other")),
)
BLOCK = BlockType(
    "social",
    mark("Social profiles"),
    "users",
    mark("Where to follow you. Each language can have the networks its readers use."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Profiles"),
            "rows",
            required=True,
            fields=(
                Field("network", mark("Network"), "choice", options=NETWORKS),
                Field("name", mark("Name there"), required=True, max_length=60, help=mark("For example @hillsidetea.")),
                Field("url", mark("Address"), "url", max_length=500, help=mark("Empty: the name is shown to look up.")),
            ),
        ),
    ),
    jump=False,
    group="do",
)
