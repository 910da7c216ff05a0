"""Collect every text people see into the catalogues that translators fill. `--check` only tells whether they are new.

Keeps translations of texts that are unchanged; a changed text starts untranslated, never half right. A language tag
(`scripts/messages.py es`) begins a file for one more language.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))

from shelftalk.catalog.language import FILE, Language, make_language, read_header  # noqa: E402  (after the path)
from shelftalk.catalog.languages import DEFAULT, LANGUAGES, TRANSLATIONS  # noqa: E402

TAGS = tuple(tag for tag in LANGUAGES if tag != DEFAULT)
# Function -> which of its arguments are texts. The errors carry theirs to the edge, where they are translated.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "mark": None,
    "ngettext": (1, 2),
    "Invalid": (2,),
    "NotFound": (1,),
    "Conflict": (1,),
    "Forbidden": (1,),
    "Unavailable": (1,),
    "Gap": (4,),
    "ProofFailed": (1,),
}


def collect() -> Catalog:
    """A template with every text in the sources, without line numbers so that it changes only with the texts."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")  # type: ignore[no-untyped-call]
    catalog = Catalog(project="Shelftalk", charset="utf-8", header_comment="# Texts of Shelftalk.")
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True)
    for path, _line, message, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
        catalog.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    return catalog


def read_catalog(tag: str) -> Catalog:
    """A language's catalogue, or an empty one."""
    path, locale = TRANSLATIONS / tag / FILE, get_language(tag).locale
    if not path.is_file():
        return Catalog(locale=locale, project="Shelftalk", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def get_language(tag: str) -> Language:
    """A language there is, or one about to be begun; raises ValueError for what is no language tag."""
    return LANGUAGES.get(tag) or make_language(tag, {})


def make_update(template: Catalog, tag: str) -> Catalog:
    """The template's texts in the template's order, with the translations there are."""
    old = read_catalog(tag)
    new = Catalog(
        locale=get_language(tag).locale,
        project="Shelftalk",
        version="1",
        charset="utf-8",
        header_comment="# Texts of Shelftalk.",
        fuzzy=False,
    )
    for message in template:
        if message.id:
            kept = old.get(message.id, message.context)
            string = kept.string if kept and kept.string and kept.id == message.id else None
            new[message.id] = Message(message.id, string, [(path, 0) for path in _paths(message)])
    return new


def _paths(message: Message) -> list[str]:
    return sorted({str(path) for path, _line in message.locations})


def format_catalog(catalog: Catalog) -> bytes:
    """The catalogue as its file's bytes."""
    catalog.creation_date = catalog.revision_date = None  # type: ignore[assignment]
    out = BytesIO()
    write_po(out, catalog, width=110, include_lineno=False)
    lines = out.getvalue().decode("utf-8").split("\n")
    volatile = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Report-Msgid',
        '"Last-Translator',
        '"Language-Team',
    )
    return "\n".join(line for line in lines if not line.startswith(volatile)).encode()


def keep_own_headers(text: bytes, header: dict[str, str]) -> bytes:
    """The file with what its header says to Shelftalk alone, such as the language's own name."""
    own = "".join(f'"{name}: {value}\\n"\n' for name, value in header.items() if name.startswith("X-Shelftalk-"))
    return text.replace(b"\n\n", f"\n{own}\n".encode(), 1)


def list_stale() -> list[str]:
    """The languages whose catalogue does not hold exactly the texts of the sources."""
    template = collect()
    texts = {message.id for message in template if message.id}
    return [tag for tag in TAGS if {message.id for message in read_catalog(tag) if message.id} != texts]


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        stale = list_stale()
        if stale:
            print(f"Stale: {', '.join(stale)}. Run `make messages`.", file=sys.stderr)
        return 1 if stale else 0
    try:
        for tag in arguments:
            get_language(tag)
    except (UnknownLocaleError, ValueError) as error:
        print(f"{error}. Give a language tag such as es or pt-BR.", file=sys.stderr)
        return 1
    template = collect()
    for tag in dict.fromkeys((*TAGS, *arguments)):
        catalog = make_update(template, tag)
        path = TRANSLATIONS / tag / FILE
        own = read_header(path) if path.is_file() else {}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(keep_own_headers(format_catalog(catalog), own))
        missing = sum(1 for message in catalog if message.id and not any(_strings(message)))
        print(f"{tag}: {len(catalog)} texts, {missing} not translated yet")
    return 0


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string or ""]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
