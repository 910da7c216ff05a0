"""A sign-up by e-mail, confirmed by a link in a mail."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "signup",
    mark("Sign-up"),
    "mail",
    mark("Collects e-mail addresses; each is confirmed by a link. Works once an administrator has set up mail."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("intro", mark("Text above"), "text", max_length=300),
        Field(
            "consent",
            mark("Consent"),
            "text",
            required=True,
            max_length=600,
            help=mark("What one agrees to: who writes, about what, how often, and that it can be ended any time."),
        ),
        Field("button", mark("Text on the button"), max_length=40),
        Field("thanks", mark("Thank-you text"), "text", max_length=300),
    ),
    group="do",
)
