"""What a page's forms need to work: the same questions in every language, mail, days in order. Knows no store."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, Gap, PageContent
from shelftalk.catalog.survey import list_uneven, read_edition
from shelftalk.catalog.warranty import list_asked
from shelftalk.errors import mark

LEAST, MOST = 2, 5  # questions of a survey
CODES_FIELD = "common"  # where a coupon without a pool has its code


def list_form_gaps(content: PageContent, *, sends_mail: bool, codeless: Collection[str] = ()) -> list[Gap]:
    """What keeps the shown blocks with forms from working, and how to mend it.

    `codeless`: the blocks whose pool never had a code.
    """
    shown = [block for block in content.blocks if not block.hidden and _is_written(content, block)]
    gaps = [gap for block in shown for gap in _list_gaps(content, block, sends_mail)]
    message = mark("“{block}” has no codes yet: shoppers would read that there are none. Add some, or one for all.")
    return [*gaps, *(_gap(block, CODES_FIELD, message) for block in shown if block.id in codeless)]


def _is_written(content: PageContent, block: Block) -> bool:
    return any(any(texts.get(block.id, {}).values()) for texts in content.texts.values())


def _list_gaps(content: PageContent, block: Block, sends_mail: bool) -> Iterator[Gap]:
    if block.type == "survey":
        yield from _list_survey_gaps(content, block)
    elif block.type == "signup" and not sends_mail:
        yield _gap(
            block,
            "consent",
            mark("No mail can be sent from here, so “{block}” is not shown. An administrator sets up mail."),
        )
    elif block.type == "coupon" and "" < block.shared.get("until", "") < block.shared.get("from", ""):
        yield _gap(block, "until", mark("“{block}” ends before it begins. Swap the two days."))
    elif block.type == "warranty" and not list_asked(block.shared):
        yield _gap(block, "serial", mark("“{block}” asks for nothing. Choose at least one thing to ask."))


def _gap(block: Block, field: str, message: str, tag: str = "", **values: object) -> Gap:
    return Gap(tag, block.id, field, message, {"block": get_block_type(block.type).label, **values})


def _list_survey_gaps(content: PageContent, block: Block) -> Iterator[Gap]:
    edition = read_edition(content, block)
    for tag, questions in edition.items():
        if not LEAST <= len(questions) <= MOST:
            yield _gap(
                block,
                "rows",
                mark("“{block}” asks {count} questions in {language}: 2 to 5 get answers."),
                tag,
                count=len(questions),
                language=LANGUAGES[tag].name,
            )
    for tag in list_uneven(edition):
        yield _gap(
            block,
            "rows",
            mark("“{block}” has other questions or answers in {language}. Put the same in the same order."),
            tag,
            language=LANGUAGES[tag].name,
        )
