"""Who to ask: phone, e-mail, address and opening hours of the maker or importer."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.errors import mark

BLOCK = BlockType(
    "contact",
    mark("Contact"),
    "phone",
    mark("Phone and e-mail to tap, the company's address, when somebody is there."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field("phone", mark("Phone"), max_length=40, help=mark("With the country: +886 2 2345 6789.")),
        Field("email", mark("E-mail"), "email", max_length=254),
        Field("company", mark("Company"), max_length=100, help=mark("The maker or the importer.")),
        Field("address", mark("Postal address"), "text", max_length=300),
        Field(
            "rows",
            mark("Opening hours"),
            "rows",
            fields=(
                Field("days", mark("Days"), required=True, max_length=60, help=mark("For example: Monday to Friday.")),
                Field("hours", mark("Hours"), required=True, max_length=60, help=mark("For example: 9:00–17:00.")),
            ),
        ),
    ),
    group="care",
    either=("phone", "email", "company", "address", "rows"),
)
