"""Pictures: what is accepted, what is refused and how it says so, what is kept, how it is served."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageCms

from shelftalk.catalog.media import FORMATS, is_file_name, list_widths
from shelftalk.errors import Invalid
from shelftalk.store import Store
from shelftalk.store import media as media_store
from shelftalk.web.media import accept_image
from shelftalk.web.state import get_state
from tests.tea_page import draw_garden


def make_png_header(width: int, height: int) -> bytes:
    """A PNG that only claims its size: what a decompression bomb looks like before it is decoded."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def refuse(data: bytes, name: str, folder: Path) -> str:
    with pytest.raises(Invalid) as raised:
        accept_image(data, name, folder)
    assert raised.value.field == "file"
    assert not list(folder.glob("*")), "nothing may be left behind"
    return str(raised.value)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_picture_is_kept_in_every_size_and_format(form: str, tmp_path: Path) -> None:
    media = accept_image(draw_garden(800, 500, form), f"garden.{form.lower()}", tmp_path)
    assert (media.width, media.height, media.widths) == (800, 500, (240, 480, 720, 800))
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{media.id}-{width}.{extension}" for width in media.widths for extension in FORMATS
    }
    for path in tmp_path.iterdir():
        with Image.open(path) as image:
            assert image.width == int(path.stem.split("-")[1])
            assert image.height == media.get_height(image.width)
            assert image.get_format_mimetype() == FORMATS[path.suffix[1:]]


@pytest.mark.parametrize(("width", "kept"), [(1, (1,)), (240, (240,)), (1000, (240, 480, 720, 1000))])
def test_a_picture_is_never_enlarged(width: int, kept: tuple[int, ...]) -> None:
    assert list_widths(width) == kept
    assert list_widths(5000) == (240, 480, 720, 1440)


def test_the_same_file_twice_is_the_same_picture(tmp_path: Path) -> None:
    first = accept_image(draw_garden(300, 200), "a.jpg", tmp_path)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert accept_image(draw_garden(300, 200), "b.jpg", tmp_path).id == first.id
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"just a letter to the shop\n" * 40, "letter.jpg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "logo.svg"),
        (b"<!doctype html><script>alert(1)</script>", "page.png"),
        (b"%PDF-1.7\n%stuff", "menu.pdf"),
        (b"BM" + b"\0" * 200, "old.bmp"),
        (b"", "empty.png"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(data: bytes, name: str, tmp_path: Path) -> None:
    message = refuse(data, name, tmp_path)
    assert f"“{name}”" in message
    assert "JPEG, PNG, WebP, AVIF, GIF" in message


@pytest.mark.parametrize("start", [b"GIF89a", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X"])
def test_a_page_dressed_as_a_picture_is_refused(start: bytes, tmp_path: Path) -> None:
    message = refuse(start + b"/*<html><script>alert(1)</script>*/=1;" * 20, "nice.gif", tmp_path)
    assert "“nice.gif”" in message or "megapixels" in message
    assert "script" not in message, "nothing of what it holds is said again"


def test_a_page_hidden_behind_a_real_picture_is_gone_from_what_is_kept(tmp_path: Path) -> None:
    accept_image(draw_garden(300, 200) + b"<script>alert(1)</script>", "x.jpg", tmp_path)
    assert not any(b"<script" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_picture_cut_off_in_the_middle_is_refused(tmp_path: Path) -> None:
    data = draw_garden()
    assert "damaged" in refuse(data[: len(data) // 2], "garden.jpg", tmp_path)


@pytest.mark.parametrize(
    ("width", "height", "said"),
    [(8000, 5000, "40.0"), (12000, 9000, "108.0"), (30000, 30000, "900.0"), (6000, 4001, "24.0")],
)
def test_too_many_pixels_are_refused_before_decoding(width: int, height: int, said: str, tmp_path: Path) -> None:
    message = refuse(make_png_header(width, height), "huge.png", tmp_path)
    assert f"The picture has {said} megapixels; at most 24 are allowed: save it smaller" in message


def test_too_many_pixels_in_a_webp_are_refused_before_memory_is_reserved(tmp_path: Path) -> None:
    canvas = (15999).to_bytes(3, "little") * 2
    data = b"RIFF" + struct.pack("<I", 40) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + canvas + b"\0" * 10
    assert "256.0 megapixels" in refuse(data, "huge.webp", tmp_path)


def test_too_many_bytes_are_refused_with_the_limit(tmp_path: Path) -> None:
    message = refuse(draw_garden() + b"\0" * 15_000_000, "big.jpg", tmp_path)
    assert "at most 15 MB are allowed" in message


def test_a_photo_held_sideways_stands_upright_and_tells_nothing_more(tmp_path: Path) -> None:
    image = Image.open(io.BytesIO(draw_garden(600, 400)))
    exif = image.getexif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "Canary Camera"
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"canary comment")
    media = accept_image(target.getvalue(), "IMG_0001.jpg", tmp_path)
    assert (media.width, media.height) == (400, 600)
    for path in tmp_path.iterdir():
        assert b"anary" not in path.read_bytes()
        with Image.open(path) as kept:
            assert kept.height > kept.width
            assert not kept.getexif()
            assert not kept.info.get("icc_profile")


def test_transparency_stays_where_it_can_and_becomes_white_elsewhere(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    image.paste((31, 111, 84, 255), (100, 100, 200, 200))
    target = io.BytesIO()
    image.save(target, "PNG")
    media = accept_image(target.getvalue(), "tin.png", tmp_path)
    for extension in ("avif", "webp"):
        with Image.open(tmp_path / f"{media.id}-300.{extension}") as kept:
            assert kept.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]
    with Image.open(tmp_path / f"{media.id}-300.jpg") as kept:
        assert min(kept.getpixel((5, 5))) > 250  # type: ignore[type-var,arg-type]


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK"])
def test_every_kind_of_colour_is_read(mode: str, tmp_path: Path) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    media = accept_image(draw_garden(300, 200, form, mode), "x", tmp_path)
    with Image.open(tmp_path / f"{media.id}-300.webp") as kept:
        top = kept.convert("L").getpixel((10, 5))
    assert isinstance(top, int)
    assert top > 150


def test_grey_with_sixteen_bits_keeps_its_tones(tmp_path: Path) -> None:
    grey = Image.frombytes("I;16", (64, 1), struct.pack("<64H", *range(0, 65536, 1024)))
    target = io.BytesIO()
    grey.resize((64, 8)).save(target, "PNG")
    media = accept_image(target.getvalue(), "x-ray.png", tmp_path)
    with Image.open(tmp_path / f"{media.id}-64.jpg") as kept:
        tones = [kept.convert("L").getpixel((x, 4)) for x in (0, 32, 63)]
    assert tones == [pytest.approx(value, abs=6) for value in (0, 128, 252)]


def test_a_colour_profile_that_is_no_profile_does_no_harm(tmp_path: Path) -> None:
    image = Image.open(io.BytesIO(draw_garden(300, 200)))
    target = io.BytesIO()
    image.save(target, "JPEG", icc_profile=b"nonsense" * 40)
    media = accept_image(target.getvalue(), "x.jpg", tmp_path)
    with Image.open(tmp_path / f"{media.id}-300.jpg") as kept:
        assert kept.size == (300, 200)
        assert not kept.info.get("icc_profile")
        assert kept.getpixel((10, 5)) == pytest.approx(image.getpixel((10, 5)), abs=12)


def test_a_profile_for_other_colours_than_the_pictures_changes_none(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    target = io.BytesIO()
    Image.new("RGB", (10, 10), "#336699").save(target, "PNG", icc_profile=profile.tobytes())
    media = accept_image(target.getvalue(), "x.png", tmp_path)
    with Image.open(tmp_path / f"{media.id}-10.jpg") as kept:
        assert kept.getpixel((5, 5)) == pytest.approx((0x33, 0x66, 0x99), abs=6)


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    """A photo with red and green exchanged in its profile looks as it was meant to, wherever profiles are unknown."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = data.index(b"rXYZ"), data.index(b"gXYZ")
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    target = io.BytesIO()
    Image.new("RGB", (10, 10), (200, 40, 40)).save(target, "PNG", icc_profile=bytes(data))
    media = accept_image(target.getvalue(), "x.png", tmp_path)
    with Image.open(tmp_path / f"{media.id}-10.jpg") as kept:
        red_now, green_now, _blue = kept.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert (red_now < 80, green_now > 160) == (True, True)


@pytest.mark.parametrize(
    "name", ["../shelftalk.sqlite", "0123456789abcdef-240.svg", "0123456789ABCDEF-240.jpg", ".0123456789abcdef-1.jpg"]
)
def test_only_names_we_make_are_served(name: str) -> None:
    assert not is_file_name(name)


def test_a_picture_is_served_for_good(app: Flask, client: FlaskClient) -> None:
    media = accept_image(draw_garden(300, 200), "x.jpg", get_state(app).media_folder)
    with client.get(f"/m/{media.id}-240.avif") as answer:
        assert answer.status_code == 200
        assert answer.content_type == "image/avif"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("file", ["0123456789abcdef-240.jpg", "shelftalk.sqlite", "..%2Fshelftalk.sqlite"])
def test_what_is_not_there_is_not_found(client: FlaskClient, file: str) -> None:
    assert client.get(f"/m/{file}").status_code == 404


def test_a_marketer_uploads_a_picture(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/media", data={"file": (io.BytesIO(draw_garden()), "garden.jpg")})
    assert answer.status_code == 201
    described = answer.get_json()
    assert (described["name"], described["width"], described["height"]) == ("garden.jpg", 1600, 1000)
    with store.read() as db:
        assert media_store.get_media(db, described["id"]).widths == (240, 480, 720, 1440)
    with marketer.get(described["url"]) as picture:
        assert picture.content_type == "image/webp"


@pytest.mark.parametrize("data", [{}, {"file": (b"no picture", "x.jpg")}])
def test_a_wrong_upload_is_answered_beside_its_field(marketer: FlaskClient, data: dict[str, tuple[bytes, str]]) -> None:
    answer = marketer.post("/admin/media", data={k: (io.BytesIO(v[0]), v[1]) for k, v in data.items()})
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "file"
    assert answer.get_json()["message"]


def test_staff_and_strangers_upload_nothing(app: Flask, staff: FlaskClient) -> None:
    for browser, status in ((staff, 403), (app.test_client(), 303)):
        sent = {"file": (io.BytesIO(draw_garden()), "garden.jpg")}
        assert browser.post("/admin/media", data=sent).status_code == status
    assert not list(get_state(app).media_folder.glob("*"))
