"""Pictures: checked before they are decoded, made anew in the sizes and formats phones want, served for good."""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from flask import Blueprint, Response, request, send_from_directory
from flask.typing import ResponseReturnValue
from PIL import Image
from werkzeug.datastructures import FileStorage

from shelftalk import clock
from shelftalk.catalog.media import FORMATS, ID_LENGTH, Media, is_file_name, list_widths, make_file_name
from shelftalk.errors import Invalid, NotFound
from shelftalk.store import media as media_store
from shelftalk.web.files import write_whole
from shelftalk.web.pictures import check_scans, check_size, decode_image
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import text_error

bp = Blueprint("media", __name__)
# Chosen on photos and drawn packs: no difference seen at arm's length, AVIF about half of JPEG.
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 8},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 82, "progressive": True, "optimize": True},
}
PHONE_WIDTH = 720  # the largest that a phone's first view asks for,
PHONE_BYTES = 90_000  # which has to fit in 100 kB however busy the picture is
LEAST_QUALITY = 26
_working = threading.BoundedSemaphore(2)  # pictures at once: each may take 300 MB


def accept_image(data: bytes, name: str, folder: Path) -> Media:
    """Check an uploaded picture and keep it in `folder`, upright, without metadata, in every size and format.

    Raises Invalid saying what is wrong and what is allowed. The same file again is the same picture.
    """
    name = _clean_name(name)
    check_size(data)
    check_scans(data, name)
    with _working:
        image = decode_image(data, name)
        media = Media(hashlib.sha256(data).hexdigest()[:ID_LENGTH], name, image.width, image.height)
        folder.mkdir(parents=True, exist_ok=True)
        for path, image_file in _encode_all(media, image, folder):
            write_whole(path, image_file)
    return media


def _clean_name(name: str) -> str:
    last = PurePath(name.replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f\x7f]", "", last)[-120:] or "picture"


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
    options = dict(SAVE_OPTIONS[extension])
    encoded = _save(image, options)
    while image.width <= PHONE_WIDTH and len(encoded) > PHONE_BYTES and options["quality"] > LEAST_QUALITY:
        options["quality"] -= 12
        encoded = _save(image, options)
    return encoded


def _save(image: Image.Image, options: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    image.save(target, **options)
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
