"""Manuals, certificates and other papers as PDF files."""

from shelftalk.catalog.block import BlockType, Field
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import mark

BLOCK = BlockType(
    "documents",
    mark("Documents"),
    "file-text",
    mark("Manuals, certificates, safety sheets: PDF files, each with its language and size."),
    (
        Field("heading", mark("Heading"), required=True, max_length=80),
        Field(
            "rows",
            mark("Documents"),
            "rows",
            required=True,
            fields=(
                Field("title", mark("Title"), required=True, max_length=100),
                Field(
                    "language",
                    mark("Language of the document"),
                    "choice",
                    options=(
                        ("", mark("Same as the page")),
                        *((tag, language.name) for tag, language in LANGUAGES.items()),
                    ),
                ),
                Field("file", mark("PDF file"), "file", required=True, accepts=("pdf",)),
            ),
        ),
    ),
    group="show",
)
