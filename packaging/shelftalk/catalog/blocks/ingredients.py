"""The list of ingredients, its allergens standing out."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "ingredients",
    mark("Ingredients"),
    "wheat",
    mark("The list as it stands on the pack. The allergens you name stand out in it."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("list", mark("Ingredients"), "text", required=True, max_length=2000),
        Field(
            "allergens",
            mark("Allergens in the list"),
            max_length=300,
            help=mark("Words as they are written in the list, with commas between them: wheat flour, milk."),
        ),
        Field(
            "contains",
            mark("Contains"),
            max_length=300,
            help=mark("Allergens in short, with commas between them: gluten, milk."),
        ),
        Field(
            "traces",
            mark("May contain"),
            max_length=300,
            help=mark("Allergens that may get in, with commas between them: peanuts, sesame."),
        ),
    ),
)
