"""The one action at the bottom of the screen: where to buy."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "buy",
    mark("Buy link"),
    "shopping-cart",
    mark("A button fixed at the bottom of the phone's screen. A page has one."),
    (
        Field("label", mark("Text on the button"), required=True, max_length=40),
        Field("price", mark("Price note"), max_length=30, help=mark("For example NT$ 680.")),
        Field("url", mark("Address of the shop"), "url", required=True, max_length=500),
    ),
    jump=False,
    group="do",
    once=True,
)
