"""How to care for it, and what to do with each part once it is empty or worn."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

# Code, its abbreviation and number on the pack (ISO 1043, Decision 97/129/EC), what it is.
MATERIALS = (
    ("", mark("not marked")),
    ("1-PET", mark("1 PET: bottles, trays")),
    ("2-PE-HD", mark("2 PE-HD: firm bottles, caps")),
    ("3-PVC", mark("3 PVC")),
    ("4-PE-LD", mark("4 PE-LD: bags, film")),
    ("5-PP", mark("5 PP: cups, lids")),
    ("6-PS", mark("6 PS: foam, yoghurt pots")),
    ("7-O", mark("7 O: other plastics")),
    ("20-PAP", mark("20 PAP: corrugated cardboard")),
    ("21-PAP", mark("21 PAP: other cardboard")),
    ("22-PAP", mark("22 PAP: paper")),
    ("40-FE", mark("40 FE: steel, tinplate")),
    ("41-ALU", mark("41 ALU: aluminium")),
    ("50-FOR", mark("50 FOR: wood")),
    ("51-FOR", mark("51 FOR: cork")),
    ("60-TEX", mark("60 TEX: cotton")),
    ("61-TEX", mark("61 TEX: jute")),
    ("70-GL", mark("70 GL: clear glass")),
    ("71-GL", mark("71 GL: green glass")),
    ("72-GL", mark("72 GL: brown glass")),
    ("81-C/PAP", mark("81 C/PAP: paper and plastic")),
    ("84-C/PAP", mark("84 C/PAP: drink carton")),
    ("90-C/LDPE", mark("90 C/LDPE: plastic and aluminium")),
)
BINS = (
    ("", mark("Choose one")),  # a guess would be wrong advice
    ("packaging", mark("Plastic and packaging")),
    ("paper", mark("Paper and cardboard")),
    ("glass", mark("Glass")),
    ("metal", mark("Metal")),
    ("organic", mark("Food and garden waste")),
    ("residual", mark("General waste")),
    ("return", mark("Take it back to the shop")),
)
BLOCK = BlockType(
    "care",
    mark("Care and recycling"),
    "recycle",
    mark("How to look after it, and where each part of the pack goes."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("text", mark("Care"), "text", max_length=1000),
        Field(
            "rows",
            mark("Parts of the pack"),
            "rows",
            fields=(
                Field("part", mark("Part"), required=True, max_length=60, help=mark("For example: bottle, cap.")),
                Field("material", mark("Mark on it"), "choice", options=MATERIALS),
                Field("bin", mark("Where it goes"), "choice", options=BINS),
                Field("note", mark("Note"), max_length=120, help=mark("For example: rinse it first.")),
            ),
        ),
        Field("note", mark("Note below"), max_length=200, help=mark("For example: Rules differ from town to town.")),
    ),
    group="care",
    either=("text", "rows"),
)
