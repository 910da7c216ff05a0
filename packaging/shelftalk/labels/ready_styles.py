"""Ready-made styles, each within the limits and read through the camera; they are proven by the tests."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from shelftalk.errors import NotFound, mark
from shelftalk.labels.style import Style

SAMPLE_LOGO = "5a" * 8  # the id of a picture that only pictures of styles show, never a print


@dataclass(frozen=True)
class ReadyStyle:
    """A style to print with or to start from. `caption` is what its frame says, to be translated."""

    id: str
    label: str
    help: str
    style: Style
    caption: str = ""

    @property
    def wants_logo(self) -> bool:
        """Whether one's own logo must be put in before it can be printed."""
        return self.style.logo == SAMPLE_LOGO


_READY = (
    ReadyStyle(
        "rounded", mark("Rounded"), mark("Black, with soft shapes"), Style(modules="rounded", finders="rounded")
    ),
    ReadyStyle(
        "forest",
        mark("Dark green, rounded"),
        mark("A brand’s colour with room to spare"),
        Style(dark="#14532d", modules="rounded", finders="rounded"),
    ),
    ReadyStyle(
        "dots",
        mark("Dark blue dots"),
        mark("Round dots on a warm ground"),
        Style(dark="#1e2f7a", ground="#fff8e7", modules="dots", finders="rounded"),
    ),
    ReadyStyle(
        "framed",
        mark("Framed"),
        mark("A line around it and words below"),
        Style(frame="line", caption_at="below"),
        mark("See more about it"),
    ),
    ReadyStyle(
        "banner",
        mark("Banner"),
        mark("Round frame in a colour, words above"),
        Style(dark="#7a1f2b", modules="rounded", finders="rounded", frame="rounded", caption_at="above"),
        mark("See more about it"),
    ),
    ReadyStyle(
        "logo",
        mark("With your logo"),
        mark("A picture in the middle; put in yours"),
        Style(finders="rounded", modules="rounded", logo=SAMPLE_LOGO, logo_share=25),
    ),
)


def list_ready_styles() -> tuple[ReadyStyle, ...]:
    """All of them, the quietest first."""
    return _READY


def get_ready_style(style_id: str) -> ReadyStyle:
    """The ready-made style with this id; raises NotFound."""
    for ready in _READY:
        if ready.id == style_id:
            return ready
    raise NotFound("There is no such style.")


@lru_cache(maxsize=1)
def draw_sample_logo() -> bytes:
    """A leaf on a disc, where one's own logo will be."""
    image = Image.new("RGBA", (640, 640), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((0, 0, 639, 639), fill=(31, 111, 84))
    leaf = Image.new("L", (640, 640), 0)
    ImageDraw.Draw(leaf).ellipse((60, -120, 520, 480), fill=255)
    other = Image.new("L", (640, 640), 0)
    ImageDraw.Draw(other).ellipse((120, 160, 580, 760), fill=255)
    image.paste((255, 255, 255), mask=Image.composite(other, Image.new("L", (640, 640), 0), leaf))
    out = io.BytesIO()
    image.resize((320, 320), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
