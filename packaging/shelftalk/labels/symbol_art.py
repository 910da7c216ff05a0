"""Draws symbols in a style: as PDF operators for sheets, as SVG for screens and downloads. Knows no label and no store.

What all symbols of one size share – ground, frame, corners, logo, words – is one form that is stamped; what differs is
one path of lines with round ends, or of rectangles. Black is black ink only; any other colour is RGB, which each
printer turns into its own inks with its own profile.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from PIL import Image
from pypdf import PageObject, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, IndirectObject, NameObject, NumberObject

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.captions import Caption, CaptionJob, draw_caption, set_captions
from shelftalk.labels.design import LEAST_PT, POINT_MM
from shelftalk.labels.raster import open_pages
from shelftalk.labels.stream import PdfStream, draw_modules, make_dictionary, make_stream
from shelftalk.labels.style import BLACK, WHITE, Style, check_level, check_style
from shelftalk.labels.symbol import QUIET_MODULES, Symbol, list_runs
from shelftalk.labels.symbol_shapes import DOT, ROUND, Ends, Plan, Rect, draw_lines, is_shaped, make_mask, make_plan

LOGO_PX = 480  # of a logo's longer side: 600 dpi at 20 mm
KAPPA = 0.5523  # how far a curve's handles stand off to make a quarter of a circle
Images = Mapping[str, bytes]


@dataclass(frozen=True)
class Dress:
    """A style made ready: its logo decoded, its words set for each language and size of symbol that will be printed."""

    style: Style
    logo: Image.Image | None = None
    captions: Mapping[tuple[str, int], Caption] = field(default_factory=dict)

    def get_caption(self, language: str, size: int) -> Caption | None:
        """The words for a label in a language."""
        return self.captions.get((language, size))


def make_dress(style: Style, symbols: Sequence[tuple[Symbol, str]], images: Images, *, checked: bool = True) -> Dress:
    """The dress for these symbols, each with its language; raises Invalid for a style outside its limits.

    Only a test leaves it unchecked.
    """
    wanted = sorted({(language, symbol.size) for symbol, language in symbols})
    if checked:
        check_style(replace(style, name=style.name or "-"))
        for level in sorted({symbol.level for symbol, _ in symbols}):
            check_level(level, style)
    logo = _open_logo(style, images) if style.logo else None
    spoken = [key for key in wanted if style.band and _check_spoken(style, key[0])]
    jobs = [_make_job(style, language, size) for language, size in spoken]
    return Dress(style, logo, dict(zip(spoken, set_captions(jobs), strict=True)))


def _check_spoken(style: Style, language: str) -> bool:
    if not style.get_caption(language):
        raise Invalid(
            "style",
            "The style “{value}” has no words in {language} to print beside the symbol. Write them in the style, or "
            "words for all languages.",
            value=style.name,
            language=LANGUAGES[language].name if language in LANGUAGES else language,
        )
    return True


def _make_job(style: Style, language: str, size: int) -> CaptionJob:
    plan = make_plan(style, size)
    assert plan.caption is not None  # noqa: S101 (a style with words has room for them)
    return CaptionJob(
        style.get_caption(language), language, plan.caption.width, plan.caption.height, plan.caption_colour
    )


def check_caption_size(dress: Dress, language: str, size: int, module_mm: float) -> None:
    """Raises Invalid when the words beside a symbol would be too small to read with modules of this size."""
    caption = dress.get_caption(language, size)
    points = caption.em * module_mm / POINT_MM if caption else LEAST_PT
    if caption and points < LEAST_PT - 0.005:
        raise Invalid(
            "style",
            "“{value}” beside the symbol would be {points} pt small on these labels; at least {least} pt can be read. "
            "Choose larger labels, or a style with fewer words or none.",
            value=caption.text,
            points=round(points, 1),
            least=LEAST_PT,
        )


def _open_logo(style: Style, images: Images) -> Image.Image:
    """The logo on the symbol's ground, so that nothing has to shine through in print; grey when it has no colour."""
    if style.logo not in images:
        raise Invalid("logo", "The picture “{value}” of the style is not here. Choose another one.", value=style.logo)
    return _flatten(images[style.logo], style.ground)


@lru_cache(maxsize=16)
def _flatten(data: bytes, ground: str) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGBA")
    image.thumbnail((LOGO_PX, LOGO_PX), Image.Resampling.LANCZOS)
    flat = Image.new("RGBA", image.size, ground)
    flat.alpha_composite(image)
    colours = flat.convert("RGB")
    red, green, blue = colours.split()
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else colours


def _fit(logo: Image.Image, room: Rect) -> Rect:
    """The logo in the middle of its room, whole."""
    scale = min(room.width / logo.width, room.height / logo.height)
    width, height = logo.width * scale, logo.height * scale
    return Rect(room.x + (room.width - width) / 2, room.y + (room.height - height) / 2, width, height)


class SymbolPress:
    """A dress in a PDF: the forms all symbols of one size and language share, each added once."""

    def __init__(self, file: PdfStream, dress: Dress) -> None:
        self.file, self.dress = file, dress
        self._forms: dict[tuple[str, int], tuple[str, IndirectObject]] = {}
        self._logo: IndirectObject | None = None

    @property
    def used(self) -> dict[str, IndirectObject]:
        """What pages must name among their resources."""
        return dict(self._forms.values())

    def draw(self, symbol: Symbol, language: str, left: float, top: float, module: float, *, turned: bool) -> str:
        """Drawing operators of a symbol whose room begins at `left`, `top`; all in points, `top` from below."""
        style = self.dress.style
        plan = make_plan(style, symbol.size)
        name = self._get_form(language, symbol.size)
        x, y = left + plan.left * module, top - plan.top * module
        scale, flip = module, -module
        if turned:  # upside down within its room
            x, y = left + (plan.side - plan.left) * module, top - (plan.side - plan.top) * module
            scale, flip = -module, module
        matrix = f"{_format(scale)} 0 0 {_format(flip)} {_format(x)} {_format(y)}"
        return f"q {matrix} cm /{name} Do\n{draw_dark(symbol, style)}Q\n"

    def _get_form(self, language: str, size: int) -> str:
        key = (language if self.dress.get_caption(language, size) else "", size)
        if key not in self._forms:
            self._forms[key] = f"S{len(self._forms)}", self.file.add(self._make_form(*key))
        return self._forms[key][0]

    def _make_form(self, language: str, size: int) -> DictionaryObject:
        plan, style = make_plan(self.dress.style, size), self.dress.style
        drawing = [f"{format_colour(shape.colour)}\n{_draw_rects(shape.rects)}f*" for shape in plan.shapes]
        used: dict[str, IndirectObject] = {}
        if self.dress.logo and plan.logo:
            used["L"] = self._logo = self._logo or self.file.add(_make_image(self.dress.logo))
            box = _fit(self.dress.logo, plan.logo)
            drawing.append(_stamp("L", box, box.width, box.height))
        caption = self.dress.get_caption(language, size)
        if caption and plan.caption:
            used["C"] = self.file.add(_make_page_form(self.file.writer, caption.page))
            drawing.append(_stamp("C", plan.caption, POINT_MM, POINT_MM))
        reach = plan.side + QUIET_MODULES
        bounds = ArrayObject([FloatObject(value) for value in (-reach, -reach, reach + style.band, reach + style.band)])
        entries = make_dictionary(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            BBox=bounds,
            Resources=make_dictionary(XObject=make_dictionary(**used)),
        )
        return make_stream("\n".join(drawing).encode("ascii"), entries)


def _stamp(name: str, box: Rect, width: float, height: float) -> str:
    """A form or image at a box, upright although y runs down."""
    place = f"{_format(box.x)} {_format(box.y + box.height)}"
    return f"q {_format(width)} 0 0 -{_format(height)} {place} cm /{name} Do Q"


def _make_image(logo: Image.Image) -> DictionaryObject:
    entries = make_dictionary(
        Type=NameObject("/XObject"),
        Subtype=NameObject("/Image"),
        Width=NumberObject(logo.width),
        Height=NumberObject(logo.height),
        ColorSpace=NameObject("/DeviceGray" if logo.mode == "L" else "/DeviceRGB"),
        BitsPerComponent=NumberObject(8),
    )
    return make_stream(logo.tobytes(), entries)


def _make_page_form(writer: PdfWriter, page: PageObject) -> DictionaryObject:
    contents = page.get_contents()
    entries = make_dictionary(
        Type=NameObject("/XObject"),
        Subtype=NameObject("/Form"),
        BBox=ArrayObject([FloatObject(value) for value in page.mediabox]),
        Resources=page["/Resources"].clone(writer),
    )
    return make_stream(contents.get_data() if contents is not None else b"", entries)


def format_colour(colour: str, *, stroke: bool = False) -> str:
    """A colour as PDF sets it: black ink alone for black, none for white, RGB for the rest."""
    if colour in (BLACK, WHITE):
        return f"0 0 0 {int(colour == BLACK)} {'K' if stroke else 'k'}"
    parts = " ".join(_format(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return f"{parts} {'RG' if stroke else 'rg'}"


def draw_dark(symbol: Symbol, style: Style) -> str:
    """The modules one by one as PDF operators; unit is the module, origin the first one's corner."""
    bits = symbol.bits & make_mask(style, symbol.size)
    if style.modules == "square":
        return f"{format_colour(style.dark)}\n{draw_modules(replace(symbol, bits=bits))}f "
    lines = draw_lines(symbol, bits, style, *_prepare_lines(symbol.size, "pdf"))
    width = DOT if style.modules == "dots" else ROUND
    return f"{format_colour(style.dark, stroke=True)} 1 J {_format(width)} w\n{lines}S "


@lru_cache(maxsize=32)
def _prepare_lines(size: int, kind: str) -> tuple[Ends, Ends]:
    """How lines begin and end at each module, counted row by row and column by column."""
    begin, end = ("{} {} m ", "{} {} l\n") if kind == "pdf" else ("M{} {}", "L{} {}")
    places = [(index % size + 0.5, index // size + 0.5) for index in range(size * size)]
    across = [begin.format(x, y) for x, y in places], [end.format(x, y) for x, y in places]
    down = [begin.format(y, x) for x, y in places], [end.format(y, x) for x, y in places]
    return across, down


def _draw_rects(rects: Sequence[Rect]) -> str:
    return "".join(map(_draw_rect, rects))


def _draw_rect(rect: Rect) -> str:
    x, y, right, bottom, r = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height, rect.corner
    if not r:
        return f"{_format(x)} {_format(y)} {_format(rect.width)} {_format(rect.height)} re\n"
    k = r * (1 - KAPPA)
    points = (
        (x + r, y, "m"),
        (right - r, y, "l"),
        (right - k, y, right, y + k, right, y + r, "c"),
        (right, bottom - r, "l"),
        (right, bottom - k, right - k, bottom, right - r, bottom, "c"),
        (x + r, bottom, "l"),
        (x + k, bottom, x, bottom - k, x, bottom - r, "c"),
        (x, y + r, "l"),
        (x, y + k, x + k, y, x + r, y, "c"),
    )
    return (
        "\n".join(" ".join(_format(v) if isinstance(v, float | int) else v for v in point) for point in points)
        + "\nh\n"
    )


def _format(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def make_symbol_pdf(symbol: Symbol, dress: Dress, *, language: str = "", module_mm: float) -> bytes:
    """A page with nothing but the symbol and all that belongs to it: what a camera or a printer is shown."""
    out = io.BytesIO()
    file = PdfStream(out)
    module = module_mm / POINT_MM
    side = make_plan(dress.style, symbol.size).side * module
    press = SymbolPress(file, dress)
    drawing = press.draw(symbol, language, 0, side, module, turned=False)
    page = PageObject.create_blank_page(None, side, side)
    page[NameObject("/Resources")] = make_dictionary(XObject=make_dictionary(**press.used))
    file.add_page(page, drawing.encode("ascii"))
    file.finish(title=symbol.text, root=DictionaryObject())
    return out.getvalue()


def make_styled_png(symbol: Symbol, dress: Dress, *, module_px: int, dpi: int, language: str = "") -> bytes:
    """The symbol in its style as PNG, each module `module_px` pixels wide; the file says how large it prints."""
    with open_pages(make_symbol_pdf(symbol, dress, language=language, module_mm=module_px / dpi * 25.4)) as pages:
        image = pages.render(0, dpi, grey=False)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def make_styled_svg(symbol: Symbol, dress: Dress, *, module_mm: float, language: str = "") -> bytes:
    """The symbol in its style as SVG in millimetres, quiet zone, frame, logo and words included."""
    plan, style = make_plan(dress.style, symbol.size), dress.style
    side = _format(plan.side * module_mm)
    parts = [f'<path fill="{WHITE}" d="M0 0h{plan.side}v{plan.side}h-{plan.side}z"/>']
    parts.append(f'<g transform="translate({_format(plan.left)} {_format(plan.top)})">')
    parts += [
        f'<path fill="{shape.colour}" fill-rule="evenodd" d="{"".join(map(_outline, shape.rects))}"/>'
        for shape in plan.shapes
    ]
    parts.append(_draw_dark_svg(symbol, style))
    if dress.logo and plan.logo:
        parts.append(_embed_logo(dress.logo, _fit(dress.logo, plan.logo)))
    if dress.get_caption(language, symbol.size):
        parts.append(_embed_caption(style, language, symbol.size, plan))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{side}mm" '
        f'height="{side}mm" viewBox="0 0 {plan.side} {plan.side}">{"".join(parts)}</g></svg>\n'
    ).encode()


def _draw_dark_svg(symbol: Symbol, style: Style) -> str:
    bits = symbol.bits & make_mask(style, symbol.size)
    if style.modules == "square":
        runs = list_runs(replace(symbol, bits=bits))
        path = "".join(f"M{column} {row}h{length}v1h-{length}z" for row, column, length in runs)
        return f'<path fill="{style.dark}" shape-rendering="crispEdges" d="{path}"/>'
    path = draw_lines(symbol, bits, style, *_prepare_lines(symbol.size, "svg"))
    width = _format(DOT if style.modules == "dots" else ROUND)
    return f'<path fill="none" stroke="{style.dark}" stroke-width="{width}" stroke-linecap="round" d="{path}"/>'


def _outline(rect: Rect) -> str:
    x, y, r = _format(rect.x), _format(rect.y), rect.corner
    if not r:
        width = _format(rect.width)
        return f"M{x} {y}h{width}v{_format(rect.height)}h-{width}z"
    wide, high, arc = _format(rect.width - 2 * r), _format(rect.height - 2 * r), f"a{_format(r)} {_format(r)} 0 0 1"
    step = _format(r)
    return (
        f"M{_format(rect.x + r)} {y}h{wide}{arc} {step} {step}v{high}{arc}-{step} {step}"
        f"h-{wide}{arc}-{step}-{step}v-{high}{arc} {step}-{step}z"
    )


def _embed_logo(logo: Image.Image, box: Rect) -> str:
    out = io.BytesIO()
    logo.save(out, "PNG", optimize=True)
    data = base64.b64encode(out.getvalue()).decode()
    place = f'x="{_format(box.x)}" y="{_format(box.y)}" width="{_format(box.width)}" height="{_format(box.height)}"'
    return f'<image {place} preserveAspectRatio="none" xlink:href="data:image/png;base64,{data}"/>'


def _embed_caption(style: Style, language: str, size: int, plan: Plan) -> str:
    assert plan.caption is not None  # noqa: S101 (a style with words has room for them)
    scale, box = _format(POINT_MM), plan.caption
    inner = _draw_caption(_make_job(style, language, size))
    inner = inner[inner.index(">", inner.index("<svg")) + 1 : inner.rindex("</svg>")]
    return f'<g transform="translate({_format(box.x)} {_format(box.y)}) scale({scale})">{inner}</g>'


_draw_caption = lru_cache(maxsize=256)(draw_caption)
__all__ = ["Dress", "SymbolPress", "is_shaped", "make_dress", "make_styled_png", "make_styled_svg", "make_symbol_pdf"]
