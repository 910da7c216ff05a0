"""What 100 grams, 100 millilitres or a serving hold: a table of amounts, units and reference intakes."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BASES = (
    ("100g", mark("per 100 g")),
    ("100ml", mark("per 100 ml")),
    ("serving", mark("per serving")),
)
UNITS = (
    ("g", mark("g (grams)")),
    ("mg", mark("mg (milligrams)")),
    ("ug", mark("µg (micrograms)")),
    ("kJ", mark("kJ (kilojoules)")),
    ("kcal", mark("kcal (kilocalories)")),
    ("ml", mark("ml (millilitres)")),
    ("percent", mark("% (per cent)")),
)
BLOCK = BlockType(
    "nutrition",
    mark("Nutrition"),
    "scale",
    mark("The nutrition table. Numbers and units are written the way of each language."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("basis", mark("The amounts are"), "choice", shared=True, options=BASES),
        Field("serving", mark("What a serving is"), max_length=60, help=mark("For example: 1 cup (250 ml).")),
        Field(
            "rows",
            mark("Amounts"),
            "rows",
            required=True,
            fields=(
                Field("name", mark("Name"), required=True, max_length=60),
                Field("amount", mark("Amount"), "number", required=True, max_length=20),
                Field("unit", mark("Unit"), "choice", options=UNITS),
                Field("reference", mark("Reference intake in %"), "number", max_length=20),
                Field("part", mark("Part of the line above"), "check"),
            ),
        ),
        Field("note", mark("Note below"), max_length=200, help=mark("For example: Reference intake of an adult.")),
    ),
)
