"""Uploaded pictures: checked before they are decoded, then nothing but their pixels. Knows no disk and no request.

Run as a program it decodes one picture from its standard input within limits of memory and time, for formats whose
head may lie about their size.
"""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from shelftalk.errors import Invalid

MAX_MEGABYTES = 15
MAX_MEGAPIXELS = 24
MAX_SCANS = 60  # of a progressive JPEG; cameras and programs make 10, previews inside have some of their own
ALLOWED = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
ALLOWED_NAMES = "JPEG, PNG, WebP, AVIF, GIF"
APART_BYTES = 900_000_000  # of address space, for an honest picture of the most megapixels
APART_S = 8
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, subprocess.SubprocessError)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def check_size(data: bytes) -> None:
    if len(data) > MAX_MEGABYTES * 1_000_000:
        raise Invalid(
            "file",
            "The picture has {value} MB; at most {allowed} MB are allowed: save it smaller.",
            value=round(len(data) / 1_000_000, 1),
            allowed=MAX_MEGABYTES,
        )


def decode_image(data: bytes, name: str) -> Image.Image:
    """The picture upright in sRGB, as RGB or RGBA; its pixels are counted before any is decoded."""
    try:
        image = _open(data, name)
        if image.format == "AVIF":
            return _decode_apart(data)
        return _read_pixels(image)
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


def check_scans(data: bytes, name: str) -> None:
    """A progressive JPEG says how often it goes over its pixels; thousands of times is no photo."""
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MAX_SCANS:
        raise Invalid(
            "file",
            "The picture “{value}” is damaged or cut off. Open it on your computer, save it again and upload that.",
            value=name,
        )


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


def _read_pixels(image: Image.Image) -> Image.Image:
    image.load()
    return _convert(ImageOps.exif_transpose(image))


def _decode_apart(data: bytes) -> Image.Image:
    """In a process of its own: an AVIF may hold many times the pixels that its head tells."""
    command = [sys.executable, "-m", __name__]
    source = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, input=data, capture_output=True, env=source, timeout=APART_S, check=False)  # noqa: S603 (our own program)
    mode, width, height = [*done.stdout[:32].decode("latin-1").split(), "", "", ""][:3]
    if done.returncode or mode not in ("RGB", "RGBA"):
        raise ValueError("could not be decoded within the limits")
    return Image.frombytes(mode, (int(width), int(height)), done.stdout[32:])


def _decode_alone() -> None:
    """What the process of its own does."""
    resource.setrlimit(resource.RLIMIT_AS, (APART_BYTES, APART_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (APART_S, APART_S))
    image = _read_pixels(_open(sys.stdin.buffer.read(), "picture"))
    sys.stdout.buffer.write(f"{image.mode} {image.width} {image.height}".ljust(32).encode() + image.tobytes())


if __name__ == "__main__":
    _decode_alone()
