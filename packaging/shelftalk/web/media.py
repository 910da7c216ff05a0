"""Pictures: checked before they are decoded, made anew in the sizes and formats phones want, served for good."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path, PurePath

from flask import Blueprint, Response, request, send_from_directory
from flask.typing import ResponseReturnValue
from PIL import Image, ImageCms, ImageOps
from werkzeug.datastructures import FileStorage

from shelftalk import clock
from shelftalk.catalog.media import FORMATS, ID_LENGTH, Media, is_file_name, list_widths, make_file_name
from shelftalk.errors import Invalid, NotFound
from shelftalk.store import media as media_store
from shelftalk.web.files import write_whole
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import text_error

bp = Blueprint("media", __name__)
MAX_MEGABYTES = 15
MAX_MEGAPIXELS = 24
ALLOWED = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
ALLOWED_NAMES = "JPEG, PNG, WebP, AVIF, GIF"
# Chosen on photos and drawn packs: no difference seen at arm's length, AVIF about half of JPEG.
SAVE_OPTIONS: dict[str, dict[str, object]] = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 8},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 82, "progressive": True, "optimize": True},
}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def accept_image(data: bytes, name: str, folder: Path) -> Media:
    """Check an uploaded picture and keep it in `folder`, upright, without metadata, in every size and format.

    Raises Invalid saying what is wrong and what is allowed. The same file again is the same picture.
    """
    name = _clean_name(name)
    _check_size(data)
    image = _decode(data, name)
    media = Media(hashlib.sha256(data).hexdigest()[:ID_LENGTH], name, image.width, image.height)
    folder.mkdir(parents=True, exist_ok=True)
    for path, image_file in _encode_all(media, image, folder):
        write_whole(path, image_file)
    return media


def _clean_name(name: str) -> str:
    last = PurePath(name.replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f\x7f]", "", last)[-120:] or "picture"


def _check_size(data: bytes) -> None:
    if len(data) > MAX_MEGABYTES * 1_000_000:
        raise Invalid(
            "file",
            "The picture has {value} MB; at most {allowed} MB are allowed: save it smaller.",
            value=round(len(data) / 1_000_000, 1),
            allowed=MAX_MEGABYTES,
        )


def _decode(data: bytes, name: str) -> Image.Image:
    """The picture upright in sRGB, as RGB or RGBA; its pixels are counted before any is decoded."""
    try:
        image = _open(data, name)
        image.load()
        image = ImageOps.exif_transpose(image)
        return _convert(image)
    except _BROKEN as error:
        raise Invalid(
            "file",
            "The picture “{value}” is damaged or cut off. Open it on your computer, save it again and upload that.",
            value=name,
        ) from error


def _open(data: bytes, name: str) -> Image.Image:
    try:
        _check_pixels(_read_webp_pixels(data))
        image = Image.open(io.BytesIO(data), formats=ALLOWED)
    except _BOMBS as bomb:
        _check_pixels(int(re.findall(r"\d+", str(bomb))[0]))
        raise
    except _BROKEN:
        raise Invalid(
            "file",
            "“{value}” is not a picture that can be read. Allowed are {allowed}: save it as one of these.",
            value=name,
            allowed=ALLOWED_NAMES,
        ) from None
    _check_pixels(image.width * image.height)
    return image


def _read_webp_pixels(data: bytes) -> int:
    """The pixels of an extended WebP's canvas, which Pillow would reserve memory for on opening; else 0."""
    if data[:4] != b"RIFF" or data[8:16] != b"WEBPVP8X" or len(data) < 30:
        return 0
    return (int.from_bytes(data[24:27], "little") + 1) * (int.from_bytes(data[27:30], "little") + 1)


def _check_pixels(count: int) -> None:
    if count > MAX_MEGAPIXELS * 1_000_000:
        raise Invalid(
            "file",
            "The picture has {value} megapixels; at most {allowed} are allowed: save it smaller, "
            "3000 pixels wide is plenty.",
            value=round(count / 1_000_000, 1),
            allowed=MAX_MEGAPIXELS,
        )


def _convert(image: Image.Image) -> Image.Image:
    """sRGB with 8 bits a channel; nothing of the file but its pixels stays."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith(("I", "F")):
        image = image.point(lambda value: value / 256).convert("L")  # 16-bit grey
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = _convert_profile(image, profile)
    image = image.convert(mode)
    image.info = {}
    return image


def _convert_profile(image: Image.Image, profile: bytes) -> Image.Image:
    mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image  # a profile that cannot be read: the colours are taken as they stand


def _encode_all(media: Media, image: Image.Image, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The files still missing, largest first: each size is made from the one above it."""
    for width in reversed(list_widths(media.width)):
        if width < image.width:
            image = image.resize((width, media.get_height(width)), Image.Resampling.LANCZOS, reducing_gap=3)
        for extension in FORMATS:
            path = folder / make_file_name(media.id, width, extension)
            if not path.exists():
                yield path, _encode(image, extension)


def _encode(image: Image.Image, extension: str) -> bytes:
    if extension == "jpg" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    target = io.BytesIO()
    image.save(target, **SAVE_OPTIONS[extension])  # type: ignore[arg-type]
    return target.getvalue()


@bp.get("/m/<file>")
def show(file: str) -> Response:
    if not is_file_name(file):
        raise NotFound("There is no such picture.")
    answer = send_from_directory(state().media_folder, file, mimetype=FORMATS[file.rsplit(".", 1)[1]])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer


def take_image(sent: FileStorage) -> Media:
    """The picture of a form, checked, kept and remembered; raises Invalid."""
    media = accept_image(sent.read(), sent.filename or "", state().media_folder)
    with state().store.write() as db:
        media_store.add_media(db, id=media.id, name=media.name, width=media.width, height=media.height, at=clock.now())
    return media


@bp.post("/admin/media")
@requires("marketer")
def upload() -> ResponseReturnValue:
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("file", "Choose a picture first.")
        media = take_image(file)
    except Invalid as error:
        return {"field": error.field, "message": text_error(error)}, 422
    return describe_media(media), 201


def describe_media(media: Media) -> dict[str, object]:
    """A picture as forms and the page editor show it."""
    small, large = (make_file_name(media.id, media.choose_width(width), "webp") for width in (240, 480))
    return {
        "id": media.id,
        "name": media.name,
        "width": media.width,
        "height": media.height,
        "url": f"/m/{small}",
        "large": f"/m/{large}",
    }
