"""A recipe: how many it serves, how long it takes, what it needs, step by step."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "recipe",
    mark("Recipe"),
    "chef-hat",
    mark("Servings, time, what is needed, then the steps and a tip."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("servings", mark("Servings"), "number", shared=True, max_length=10),
        Field("minutes", mark("Minutes in all"), "number", shared=True, max_length=10),
        Field(
            "needs",
            mark("What is needed"),
            "rows",
            fields=(
                Field("amount", mark("Amount"), max_length=40, help=mark("For example: 2 tbsp.")),
                Field("name", mark("Name"), required=True, max_length=100),
            ),
        ),
        Field(
            "rows",
            mark("Steps"),
            "rows",
            required=True,
            fields=(Field("text", mark("Step"), "text", required=True, max_length=400),),
        ),
        Field("tip", mark("Tip"), "text", max_length=300),
    ),
    group="care",
)
