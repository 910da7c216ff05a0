"""The fonts labels are set in: which families a language takes, what they cover, and the address font for PDF.

Knows only the font files of the two font packages; the machine's own fonts are never used.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]
from typst import Fonts

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid

ASCII = "".join(map(chr, range(0x20, 0x7F)))
SCRIPTS = (
    "Arabic,CJK SC,Hebrew,Thai,Devanagari,Bengali,Tamil,Telugu,Kannada,Malayalam,Gujarati,Gurmukhi,Oriya,Sinhala,"
    "Lao,Khmer,Myanmar,Armenian,Georgian,Ethiopic,Symbols"
)
FALLBACKS = ("Noto Sans", *(f"Noto Sans {script}" for script in SCRIPTS.split(",")), "Noto Emoji")
# The script a language is written in comes first; Latin inside Chinese keeps the Latin design.
_LATIN_IN_CJK = ("Noto Sans", "latin-in-cjk")


@dataclass(frozen=True)
class Face:
    """How a language is set. Edges are in em from the baseline; `leading` is the white between them."""

    lang: str
    region: str
    families: tuple[str | tuple[str, str], ...]
    top: float = 0.714
    bottom: float = 0.0
    leading: float = 0.44


# By script. What is not here has the edges of Latin capitals and the families of FALLBACKS.
_SPACED = (0.96, 0.30, 0.42)  # signs above and below the letters
SCRIPT_FACES: dict[str, tuple[tuple[str | tuple[str, str], ...], tuple[float, float, float]]] = {
    "Hant": ((_LATIN_IN_CJK, "Noto Sans CJK TC"), (0.84, 0.08, 0.30)),
    "Hans": ((_LATIN_IN_CJK, "Noto Sans CJK SC"), (0.84, 0.08, 0.30)),
    "Jpan": ((_LATIN_IN_CJK, "Noto Sans CJK JP"), (0.84, 0.08, 0.30)),
    "Kore": ((_LATIN_IN_CJK, "Noto Sans CJK KR"), (0.84, 0.08, 0.30)),
    "Arab": (("Noto Sans Arabic",), (0.74, 0.20, 0.42)),
    "Hebr": (("Noto Sans Hebrew",), (0.714, 0.0, 0.44)),
    "Thai": (("Noto Sans Thai",), _SPACED),
    "Deva": (("Noto Sans Devanagari",), _SPACED),
    "Beng": (("Noto Sans Bengali",), _SPACED),
    "Taml": (("Noto Sans Tamil",), _SPACED),
    "Telu": (("Noto Sans Telugu",), _SPACED),
    "Khmr": (("Noto Sans Khmer",), _SPACED),
    "Mymr": (("Noto Sans Myanmar",), _SPACED),
}


@lru_cache(maxsize=64)
def get_face(language: str) -> Face:
    """How texts of a language tag are set: by the script and country of its readers."""
    known, short = LANGUAGES.get(language), language.partition("-")[0]
    if known is None or known.script not in SCRIPT_FACES:
        return Face(short, "", ())
    families, edges = SCRIPT_FACES[known.script]
    return Face(short, known.territory, families, *edges)


def list_families(face: Face) -> list[str | tuple[str, str]]:
    """The families of a face, then all others for words in other scripts."""
    return [*face.families, *(name for name in FALLBACKS if name not in face.families)]


def _folder(package: str) -> Path:
    return Path(str(files(package)))


@lru_cache(maxsize=1)
def load_fonts() -> Fonts:
    """The fonts as typst knows them; scanned once, no system fonts."""
    folders = [str(_folder("manimgx_fonts")), str(_folder("manimgx_fonts_cjk"))]
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def get_font_path() -> Path:
    """The file of the font that Latin words are set in."""
    return _folder("manimgx_fonts") / "NotoSans[wght].ttf"


def _list_font_files() -> list[Path]:
    plain = sorted(path for path in _folder("manimgx_fonts").glob("*.ttf") if "Italic" not in path.name)
    first = [path for path in plain if path.name.startswith(("NotoSans[", "NotoSansArabic["))]
    cjk = sorted(_folder("manimgx_fonts_cjk").glob("*.ttc"))
    return [*first, *cjk, *(path for path in plain if path not in first)]


@lru_cache(maxsize=64)
def _read_coverage(path: Path) -> frozenset[int]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _is_invisible(sign: str) -> bool:
    """Joiners, direction marks and variation selectors: they shape their neighbours and need no glyph."""
    return unicodedata.category(sign) == "Cf" or 0xFE00 <= ord(sign) <= 0xFE0F


def clean_text(text: str) -> str:
    """`text` as it is set: composed (NFC), any white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_coverage(field: str, text: str) -> None:
    """Every sign of `text` has a glyph; raises Invalid naming the first that has none."""
    for sign in text:
        if unicodedata.category(sign) == "Cc":  # some fonts map controls to an empty glyph
            _refuse_sign(field, text, sign)
    wanted = {sign for sign in text if sign != " " and not _is_invisible(sign)}
    for path in _list_font_files():
        if not wanted:
            return
        wanted -= {sign for sign in wanted if ord(sign) in _read_coverage(path)}
    if wanted:
        _refuse_sign(field, text, next(sign for sign in text if sign in wanted))


def _refuse_sign(field: str, text: str, sign: str) -> None:
    raise Invalid(
        field,
        "No font has the character “{sign}” ({point}) in “{value}”. Write it another way.",
        sign=sign if sign.isprintable() else "?",
        point=f"U+{ord(sign):04X}",
        value="".join(sign if sign.isprintable() else "?" for sign in text),
    )


@dataclass(frozen=True)
class AddressFont:
    """The font of the readable address, cut down to the signs needed: glyph ids, widths in em, the file."""

    name: str
    glyphs: dict[str, int]
    widths: dict[str, float]
    ascent: float
    descent: float
    cap_height: float
    box: tuple[int, int, int, int]  # in thousandths of an em
    data: bytes

    def measure(self, text: str) -> float:
        """The width of `text` in em; raises Invalid for a sign the font lacks."""
        try:
            return sum(map(self.widths.__getitem__, text))
        except KeyError as unknown:
            _refuse_sign("address", text, unknown.args[0])
            raise


def make_address_font(texts: Iterable[str]) -> AddressFont:
    """The address font for these texts: ASCII and whatever else Noto Sans has of them."""
    extra = "".join(sorted(set().union(*texts) - set(ASCII)))
    return _cut_font(extra)


@lru_cache(maxsize=8)
def _cut_font(extra: str) -> AddressFont:
    font = TTFont(get_font_path(), recalcTimestamp=False)
    options = Options(layout_features=[], notdef_outline=True, hinting=False, name_IDs=[6], recalc_timestamp=False)
    cutter = Subsetter(options)
    cutter.populate(text=ASCII + extra)
    cutter.subset(font)
    instantiateVariableFont(font, {"wght": 400}, inplace=True)
    for tag in ("GDEF", "GPOS", "GSUB", "STAT", "DSIG"):
        if tag in font:
            del font[tag]
    out = io.BytesIO()
    font.save(out)
    cmap, metrics, unit = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    head = font["head"]
    return AddressFont(
        name="NotoSans-Regular",
        glyphs={chr(point): font.getGlyphID(name) for point, name in cmap.items()},
        widths={chr(point): metrics[name][0] / unit for point, name in cmap.items()},
        ascent=font["hhea"].ascent / unit,
        descent=font["hhea"].descent / unit,
        cap_height=font["OS/2"].sCapHeight / unit,
        box=(head.xMin * 1000 // unit, head.yMin * 1000 // unit, head.xMax * 1000 // unit, head.yMax * 1000 // unit),
        data=out.getvalue(),
    )
