"""Pictures made to hurt: small files that claim, or really hold, far more than they should.

Run as a program it takes each in turn and prints, as JSON, what it was answered, how long that took in seconds and
by how many megabytes the process grew.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from shelftalk.errors import Invalid
from shelftalk.web.media import accept_image
from tests.tea_page import draw_garden


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_png(width: int, height: int, *, text: bytes = b"", profile: bytes = b"") -> bytes:
    """A PNG of one colour, all of its pixels there: a few kilobytes for gigabytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width * 3)
    pixels = b"".join(packer.compress(row) for _line in range(min(height, 100))) + packer.flush()
    more = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text, 9)) if text else b""
    more += _chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile, 9)) if profile else b""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def make_gif(width: int, height: int, frames: int) -> bytes:
    """A GIF that claims frames of this size, each of two bytes."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame * frames + b";"


def make_lossless_webp(width: int, height: int) -> bytes:
    """A plain WebP whose only head is that of its pixels."""
    bits = (width - 1) | (height - 1) << 14
    body = b"\x2f" + struct.pack("<I", bits) + bytes(20)
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body


def make_lossy_webp(width: int, height: int) -> bytes:
    """The same of the lossy kind."""
    body = b"\x10\x02\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(30)
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBPVP8 " + struct.pack("<I", len(body)) + body


def make_animation(form: str, frames: int, side: int) -> bytes:
    """A real animation of many large frames that differ by nothing."""
    first = Image.new("P" if form == "GIF" else "RGB", (side, side))
    target = io.BytesIO()
    rest = [Image.new(first.mode, first.size, n % 2) for n in range(1, frames)]
    first.save(target, form, save_all=True, append_images=rest, duration=20)
    return target.getvalue()


def make_avif(side: int, claimed: int = 0) -> bytes:
    """An AVIF of one colour; `claimed` is the size it gives in its outer head."""
    target = io.BytesIO()
    Image.new("L", (side, side), 128).save(target, "AVIF", quality=1, speed=10)
    data = target.getvalue()
    return data.replace(struct.pack(">II", side, side), struct.pack(">II", claimed or side, claimed or side))


def make_scans(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG that goes over all its pixels again and again: little to send, long to decode."""
    target = io.BytesIO()
    Image.new("L", (width, height), 90).save(target, "JPEG", progressive=True)
    data = target.getvalue()
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + b"\xff\xd9"


def make_zip() -> bytes:
    """An archive with a program in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return target.getvalue()


PAGE = b"<!doctype html><script>alert('canary')</script>"


def list_bombs() -> Iterator[tuple[str, bytes]]:
    """Each with its name; all must be refused."""
    yield "png of 900 megapixels", make_png(30_000, 30_000)
    yield "png with a text of 200 MB", make_png(40, 40, text=bytes(200_000_000))
    yield "gif of 4 gigapixels", make_gif(65_535, 65_535, 1)
    yield "gif of 36 megapixels and 5,000 frames", make_gif(6_000, 6_000, 5_000)
    yield "webp without loss of 268 megapixels", make_lossless_webp(16_384, 16_384)
    yield "webp with loss of 268 megapixels", make_lossy_webp(16_383, 16_383)
    yield "avif of 36 megapixels", make_avif(6_000)
    yield "jpeg of 400 scans", make_scans(4_000, 4_000, 400)
    yield (
        "jpeg of 4 gigapixels",
        b"\xff\xd8\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 65_500, 65_500) + b"\x01\x01\x11\0",
    )
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
    yield "gif that is a page", b"GIF89a/*" + PAGE + b"*/=1;" * 20
    yield "pdf before a jpeg", b"%PDF-1.7\n%%EOF\n" + draw_garden(60, 40)
    yield "page before a png", PAGE + draw_garden(60, 40, "PNG")


def list_disguises() -> Iterator[tuple[str, bytes]]:
    """Real pictures with something else in them; they are taken, the something is not kept."""
    yield "avif of 36 megapixels that claims 100 by 100", make_avif(6_000, claimed=100)
    yield "zip behind a jpeg", draw_garden(60, 40) + make_zip()
    yield "page behind a gif", draw_garden(60, 40, "GIF") + PAGE
    yield "pdf behind a png", draw_garden(60, 40, "PNG") + b"%PDF-1.7 canary %%EOF"
    jpeg = draw_garden(60, 40)
    comment = PAGE + b"canary"
    yield "page in a jpeg's comment", jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]
    yield "webp of 200 frames", make_animation("WEBP", 200, 300)


def read_peak() -> float:
    """The most memory this process ever held, in MB; unlike what `getrusage` says, without its parent's."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measure(data: bytes, folder: Path) -> dict[str, object]:
    """Offer one file and see."""
    before = read_peak()
    start = time.monotonic()
    try:
        accept_image(data, "x.png", folder)
        said = ""
    except Invalid as error:
        said = str(error)
    seconds = time.monotonic() - start
    return {"said": said, "seconds": round(seconds, 2), "grown": round(read_peak() - before)}


def main() -> None:
    """Take the files named, in turn; they were made elsewhere, so that making them is not measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for form in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):  # what a server has loaded once it has run for a while
            accept_image(draw_garden(800, 500, form), "warm-up", folder)
        results = {Path(path).name: measure(Path(path).read_bytes(), folder) for path in sys.argv[1:]}
    print(json.dumps(results))


if __name__ == "__main__":
    main()
