"""Registering an item for its warranty."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

ASK = (("no", mark("Do not ask")), ("optional", mark("Ask")), ("required", mark("Must be filled in")))
KEEP_MONTHS = 36  # where the marketer says nothing
BLOCK = BlockType(
    "warranty",
    mark("Warranty"),
    "shield-check",
    mark("Shoppers register what they bought. Choose what to ask: less is better."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("intro", mark("Text above"), "text", max_length=300),
        Field("consent", mark("Consent"), "text", required=True, max_length=600),
        Field("button", mark("Text on the button"), max_length=40),
        Field("thanks", mark("Thank-you text"), "text", max_length=300),
        Field("serial", mark("Serial number"), "choice", shared=True, options=ASK),
        Field("lot", mark("Lot number"), "choice", shared=True, options=ASK),
        Field("bought_on", mark("Day of purchase"), "choice", shared=True, options=ASK),
        Field("shop", mark("Shop"), "choice", shared=True, options=ASK),
        Field("email", mark("E-mail address"), "choice", shared=True, options=ASK),
        Field("keep", mark("Keep for how many months"), "number", shared=True, help=mark("36 when left empty.")),
    ),
    group="care",
    once=True,
)
