"""What symbols look like: colours, shapes, logo, frame, and the limits within which they still read. Draws nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

from shelftalk.catalog.palette import get_contrast
from shelftalk.errors import Invalid, mark

BLACK, WHITE = "#000000", "#ffffff"
LEAST_CONTRAST = 4.5
LEAST_DIFFERENCE = 60  # of 100, in grey; "good" is 55 (ISO/IEC 15415 §7.8.2, grade 3), the rest is for ink and paper
# The largest centred logo that is still read, as a share of the symbol's side in per cent.
LOGO_LIMITS = {"L": 15, "M": 25, "Q": 35, "H": 40}
LEAST_LOGO = 10
FINDER_REACH = 9  # modules from each side that a logo never covers: finder, separator, format information
MODULES = {"square": mark("Square"), "rounded": mark("Rounded"), "dots": mark("Dots")}
FINDERS = {"square": mark("Square"), "rounded": mark("Rounded")}
FRAMES = {"none": mark("None"), "line": mark("Line"), "rounded": mark("Rounded line")}
CAPTION_PLACES = {"none": mark("None"), "above": mark("Above the symbol"), "below": mark("Below the symbol")}
MAX_NAME, MAX_CAPTION = 60, 40
ANY = ""  # the language of a caption meant for all of them
# What a frame takes on each side, outside the quiet zone: with round corners more, or they would reach into it.
FRAME_MODULES = {"none": 0, "line": 1, "rounded": 2}
CAPTION_MODULES = 7  # what a caption takes above or below it
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_MEDIA = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True)
class Style:
    """How symbols look. The plain one is black squares on white."""

    name: str = ""
    dark: str = BLACK
    ground: str = WHITE  # under the symbol and its quiet zone, in one tone
    modules: str = "square"
    finders: str = "square"  # the three corners
    logo: str = ""  # a picture's id; empty: none
    logo_share: int = 20  # of the symbol's side, in per cent
    frame: str = "none"
    caption_at: str = "none"
    captions: tuple[tuple[str, str], ...] = ()  # language and words; ANY for those without their own

    @property
    def contrast(self) -> float:
        """The contrast ratio of its two colours, 1 to 21."""
        return get_contrast(self.dark, self.ground)

    @property
    def difference(self) -> float:
        """How much lighter the ground is than the modules, of 100, in the grey that a camera makes of colours."""
        return get_grey(self.ground) - get_grey(self.dark)

    @property
    def reads_in_red(self) -> bool:
        """Whether a till's red light sees it too; red and orange are as good as white to that."""
        return (int(self.ground[1:3], 16) - int(self.dark[1:3], 16)) / 2.55 >= LEAST_DIFFERENCE

    @property
    def least_level(self) -> str:
        """The lowest error correction level that bears the logo."""
        share = self.logo_share if self.logo else 0
        return next((level for level, limit in LOGO_LIMITS.items() if share <= limit), "H")

    @property
    def edge(self) -> int:
        """Modules that the frame takes on each side, outside the quiet zone."""
        return FRAME_MODULES.get(self.frame, 0)

    @property
    def band(self) -> int:
        """Modules that the caption takes above or below."""
        return 0 if self.caption_at == "none" else CAPTION_MODULES

    @property
    def air(self) -> int:
        """Modules left free on each side, between what is drawn around the quiet zone and the label's text."""
        return int(not self.band and (self.frame != "none" or self.ground != WHITE))

    @property
    def extra_modules(self) -> int:
        """What frame and caption add to the symbol's side: its room stays a square."""
        return 2 * (self.edge + self.air) + self.band

    def get_caption(self, language: str) -> str:
        """The words beside the symbol in a language."""
        words = dict(self.captions)
        return "" if self.caption_at == "none" else words.get(language) or words.get(ANY, "")

    def count_cleared(self, size: int) -> int:
        """Modules along the side of the area that a symbol of `size` leaves free for the logo; 0 without one."""
        if not self.logo:
            return 0
        most = min(size * self.logo_share // 100, size - 2 * FINDER_REACH)
        return most - 1 + most % 2  # odd like the symbol's side, so that it lies on whole modules


PLAIN_STYLE = Style()


def raise_level(level: str, style: Style | None) -> str:
    """The error correction level, or the higher one that the style's logo needs."""
    return max(level, style.least_level if style else "L", key=list(LOGO_LIMITS).index)


def check_level(level: str, style: Style) -> None:
    """Raises Invalid when symbols of this level do not bear the style's logo."""
    if raise_level(level, style) != level:
        raise Invalid(
            "level",
            "Level {value} bears a logo of at most {limit} % of the side; the one of the style has {share} %. "
            "Choose level {least}, or a style with a smaller logo.",
            value=level,
            limit=LOGO_LIMITS[level],
            share=style.logo_share,
            least=style.least_level,
        )


def check_for_till(style: Style) -> None:
    """Raises Invalid when the red light of a till sees too little of the style."""
    if not style.reads_in_red:
        raise Invalid(
            "style",
            "A till’s red light cannot tell {dark} from {ground}. Choose a style in black, dark blue or dark green.",
            dark=style.dark,
            ground=style.ground,
        )


def get_grey(colour: str) -> float:
    """How light a colour is in a grey picture, of 100 (ITU-R BT.601: what cameras and decoders weigh by)."""
    red, green, blue = _split(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 2.55


def check_style(style: Style) -> None:
    """Raises Invalid for the first of its faults."""
    for fault in list_faults(style):
        raise fault


def list_faults(style: Style) -> list[Invalid]:
    """Everything that may stand in the way of reading, each with what is allowed and a way out."""
    faults = [*_check_words(style), *_check_choices(style)]
    colours = list(_check_colours(style))
    if not colours:
        colours = list(_check_contrast(style))
    return [*faults, *colours, *_check_logo(style)]


def _check_words(style: Style) -> Iterator[Invalid]:
    if not style.name:
        yield Invalid("name", "A style needs a name. Write one that others will know it by.")
    for field, text, allowed in [
        ("name", style.name, MAX_NAME),
        *((f"caption-{language}", text, MAX_CAPTION) for language, text in style.captions),
    ]:
        if len(text) > allowed:
            yield Invalid(
                field,
                "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
                value=text[:30],
                length=len(text),
                allowed=allowed,
                excess=len(text) - allowed,
            )
    if style.caption_at != "none" and not any(text for _, text in style.captions):
        yield Invalid("caption-", "There are no words to print. Write them, for example “See how to brew it”.")


def _check_choices(style: Style) -> Iterator[Invalid]:
    for field, value, allowed in (
        ("modules", style.modules, MODULES),
        ("finders", style.finders, FINDERS),
        ("frame", style.frame, FRAMES),
        ("caption_at", style.caption_at, CAPTION_PLACES),
    ):
        if value not in allowed:
            yield Invalid(
                field,
                "“{value}” cannot be chosen here. Choose one of: {allowed}.",
                value=value,
                allowed=tuple(allowed),
            )


def _check_colours(style: Style) -> Iterator[Invalid]:
    for field, value in (("dark", style.dark), ("ground", style.ground)):
        if not _COLOUR.fullmatch(value):
            yield Invalid(
                field,
                "“{value}” is not a colour. Write # and six digits from 0 to 9 and a to f, for example {example}.",
                value=value[:30],
                example=BLACK if field == "dark" else WHITE,
            )


def _check_contrast(style: Style) -> Iterator[Invalid]:
    values: dict[str, object] = {
        "dark": style.dark,
        "ground": style.ground,
        "contrast": floor(style.contrast * 10) / 10,
    }
    if style.difference <= 0:
        yield Invalid(
            "dark",
            "The modules ({dark}) are not darker than their ground ({ground}): many phones read no light symbol on "
            "dark. Choose a dark colour for the modules, for example {proposal}.",
            proposal=propose_dark(style.ground, style.dark) if style.dark != style.ground else BLACK,
            **values,
        )
    elif style.contrast < LEAST_CONTRAST:
        yield Invalid(
            "dark",
            "{dark} on {ground} has {contrast} : 1; at least {least} : 1 is needed. "
            "Choose a darker colour, for example {proposal}.",
            least=LEAST_CONTRAST,
            proposal=propose_dark(style.dark, style.ground),
            **values,
        )
    elif style.difference < LEAST_DIFFERENCE:
        yield Invalid(
            "ground",
            "In grey, as a camera sees them, {dark} and {ground} are {value} of 100 apart; at least {least} is needed. "
            "Choose the colours {better_dark} and {better_ground}, for example.",
            value=int(style.difference),
            least=LEAST_DIFFERENCE,
            better_dark=propose_dark(style.dark, style.ground),
            better_ground=propose_ground(propose_dark(style.dark, style.ground), style.ground),
            **values,
        )


def _check_logo(style: Style) -> Iterator[Invalid]:
    if not style.logo:
        return
    if not _MEDIA.fullmatch(style.logo):
        yield Invalid("logo", "“{value}” is not a picture. Choose one from your computer.", value=style.logo[:30])
    most = max(LOGO_LIMITS.values())
    if not LEAST_LOGO <= style.logo_share <= most:
        yield Invalid(
            "logo_share",
            "A logo of {value} % of the side cannot be read round. Choose {low} to {most} %: level L bears {l} %, "
            "M {m} %, Q {q} %, H {h} %.",
            value=style.logo_share,
            low=LEAST_LOGO,
            most=most,
            **{level.lower(): limit for level, limit in LOGO_LIMITS.items()},
        )


def propose_dark(dark: str, ground: str) -> str:
    """The lightest shade of `dark` that reads on `ground`; black when none does.

    >>> propose_dark("#f5d000", "#ffffff")
    '#897400'
    """
    return next((tone for tone in _list_shades(dark) if _is_readable(tone, ground)), BLACK)


def propose_ground(dark: str, ground: str) -> str:
    """The darkest tint of `ground` that `dark` reads on; white when none is light enough."""
    return next((tone for tone in _list_tints(ground) if _is_readable(dark, tone)), WHITE)


def _is_readable(dark: str, ground: str) -> bool:
    style = Style(dark=dark, ground=ground)
    return style.contrast >= LEAST_CONTRAST and style.difference >= LEAST_DIFFERENCE


def _list_shades(colour: str) -> Iterator[str]:
    for share in range(100, -1, -1):
        yield "#" + "".join(f"{round(part * share / 100):02x}" for part in _split(colour))


def _list_tints(colour: str) -> Iterator[str]:
    for share in range(100, -1, -1):
        yield "#" + "".join(f"{round(255 - (255 - part) * share / 100):02x}" for part in _split(colour))


def _split(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def describe_style(style: Style) -> dict[str, Any]:
    """A style as plain data, for JSON."""
    return asdict(style) | {"captions": dict(style.captions)}


def read_style(content: Mapping[str, Any]) -> Style:
    """A style from its plain data; what is missing is plain."""
    captions = tuple(sorted((str(tag), str(text)) for tag, text in dict(content.get("captions", {})).items() if text))
    known = {name: content[name] for name in Style.__dataclass_fields__ if name in content and name != "captions"}
    return Style(**known | {"captions": captions})
