"""A style of symbols as a form: its fields, filled and read back. Knows no page."""

from __future__ import annotations

import re

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.ready_styles import SAMPLE_LOGO
from shelftalk.labels.style import ANY, CAPTION_PLACES, FINDERS, FRAMES, LEAST_LOGO, LOGO_LIMITS, MODULES, Style
from shelftalk.labels.style import list_faults as list_style_faults
from shelftalk.web.forms import Form
from shelftalk.web.style_library import SIZE_MM

CHOICES = {"modules": MODULES, "finders": FINDERS, "frame": FRAMES, "caption_at": CAPTION_PLACES}
LEAST_MM, MOST_MM = 10, 500  # of a printed symbol that a distance is asked for
SHARE = 20
_SHORT = re.compile(r"#?([0-9a-f])([0-9a-f])([0-9a-f])", re.ASCII)


def name_caption(language: str) -> str:
    """The field of the words in a language."""
    return f"caption-{language}"


def list_fields() -> tuple[str, ...]:
    """Every field of the form."""
    captions = (name_caption(tag) for tag in (ANY, *LANGUAGES))
    return ("name", "dark", "ground", *CHOICES, "logo", "logo_file", "logo_drop", "logo_share", *captions, "size_mm",
            "after", "do")  # fmt: skip


def list_values(style: Style) -> dict[str, str]:
    """What the form shows of a style."""
    words = dict(style.captions)
    values = {name: str(getattr(style, name)) for name in ("name", "dark", "ground", *CHOICES)}
    values |= {name_caption(tag): words.get(tag, "") for tag in (ANY, *LANGUAGES)}
    values["logo"] = "" if style.logo == SAMPLE_LOGO else style.logo
    return values | {"logo_share": str(style.logo_share), "size_mm": f"{SIZE_MM:g}", "logo_drop": ""}


def read_values(form: Form) -> Style:
    """The style as far as it can be read; mistakes are kept in the form."""
    words = {tag: " ".join(form.get(name_caption(tag)).split()) for tag in (ANY, *LANGUAGES)}
    chosen = {name: form.choice(name, list(allowed)) for name, allowed in CHOICES.items()}
    style = Style(
        name=" ".join(form.get("name").split()),
        dark=clean_colour(form.get("dark")),
        ground=clean_colour(form.get("ground")),
        logo=form.get("logo"),
        logo_share=form.parse("logo_share", _parse_share, SHARE) if form.get("logo") else SHARE,
        captions=tuple(sorted((tag, text) for tag, text in words.items() if text)),
        **chosen,
    )
    for fault in list_style_faults(style):
        form.fail(fault)
    return style


def _parse_share(text: str) -> int:
    plain = text.strip().removesuffix("%").strip()
    if plain.isdecimal() and len(plain) < 4:
        return int(plain)
    raise Invalid(
        "logo_share",
        "“{value}” must be a whole number from {low} to {high}.",
        value=text[:30],
        low=LEAST_LOGO,
        high=max(LOGO_LIMITS.values()),
    )


def read_size(form: Form) -> float:
    """How wide the symbol is that distances are told for; the usual one when the field holds no measure."""
    text = form.get("size_mm").strip().replace(",", ".")
    try:
        size = float(text)
    except ValueError:
        return SIZE_MM
    return size if LEAST_MM <= size <= MOST_MM else SIZE_MM


def clean_colour(text: str) -> str:
    """A colour as it is kept: small letters, a # before, short ones written out."""
    plain = text.strip().lower()
    short = _SHORT.fullmatch(plain)
    if short:
        return "#" + "".join(sign * 2 for sign in short.groups())
    return f"#{plain}" if re.fullmatch(r"[0-9a-f]{6}", plain, re.ASCII) else plain


def can_draw(form: Form) -> bool:
    """Whether there is a picture of what the form holds: both colours are colours."""
    return all(re.fullmatch(r"#[0-9a-f]{6}", clean_colour(form.get(name)), re.ASCII) for name in ("dark", "ground"))
