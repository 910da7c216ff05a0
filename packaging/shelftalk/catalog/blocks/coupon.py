"""A coupon or loyalty code: everybody the same, or each one of a pool."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "coupon",
    mark("Coupon"),
    "tag",
    mark("A code to show at the till: one for all, or each its own of a pool. Add a pool’s codes under Coupons."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("offer", mark("Offer"), "text", required=True, max_length=300, help=mark("For example 10 % off.")),
        Field("terms", mark("Terms"), "text", max_length=1000),
        Field("button", mark("Text on the button"), max_length=40),
        Field("common", mark("One code for all"), shared=True, max_length=40, help=mark("Leave empty to use a pool.")),
        Field("from", mark("First day"), "date", shared=True),
        Field("until", mark("Last day"), "date", shared=True),
    ),
    group="do",
)
