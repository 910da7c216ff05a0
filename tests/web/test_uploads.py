"""Documents, videos and captions: what is accepted, what is refused, what is taken out, how they are served."""

from __future__ import annotations

import io
import resource
import time
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from shelftalk import clock
from shelftalk.catalog.media import StoredFile, is_stored_name
from shelftalk.errors import Invalid
from shelftalk.store import Store
from shelftalk.store import files as file_store
from shelftalk.web.backups import make_backup, restore_backup
from shelftalk.web.state import get_state
from shelftalk.web.uploads import PART_BYTES, accept_file
from tests.tea_page import draw_garden

CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\nPour the water.\n"
VIDEO = ("mp4", "webm")


def make_pdf(**more: str) -> bytes:
    """A manual of one empty page; `script` makes it run something, `password` locks it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if "script" in more:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(more["script"])}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if "password" in more:
        writer.encrypt(more["password"], algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def box(kind: bytes, data: bytes = b"") -> bytes:
    return (8 + len(data)).to_bytes(4, "big") + kind + data


def make_mp4(brand: bytes = b"isom", size: int = 64) -> bytes:
    """The boxes of a film, with where it was taken as phones write it; no picture in it."""
    place = box(b"udta", box(b"\xa9xyz", b"+25.0330+121.5654/"))
    return box(b"ftyp", brand + bytes(8)) + box(b"moov", box(b"mvhd", bytes(8)) + place) + box(b"mdat", bytes(size))


def element(name: bytes, data: bytes) -> bytes:
    return name + (0x0100_0000_0000_0000 | len(data)).to_bytes(8, "big") + data


def make_webm(size: int = 64) -> bytes:
    """The elements of a film with a tag that names its maker."""
    head = element(b"\x1aE\xdf\xa3", b"\x42\x82\x84webm")
    tags = element(b"\x12T\xc3g", b"Filmed by Canary")
    return head + element(b"\x18S\x80g", tags + element(b"\x1fC\xb6u", bytes(size)))


def accept(data: bytes, kinds: tuple[str, ...], folder: Path, name: str = "file.bin") -> tuple[StoredFile, bytes]:
    file = accept_file(io.BytesIO(data), name, kinds, folder)
    return file, (folder / f"{file.id}.{file.kind}").read_bytes()


def refuse(data: bytes, kinds: tuple[str, ...], folder: Path, name: str = "file.bin") -> str:
    with pytest.raises(Invalid) as raised:
        accept_file(io.BytesIO(data), name, kinds, folder)
    assert not folder.exists() or not list(folder.glob("*")), "nothing may be left behind"
    return str(raised.value)


def test_a_manual_is_kept_as_it_came(tmp_path: Path) -> None:
    pdf = make_pdf()
    file, kept = accept(pdf, ("pdf",), tmp_path, r"C:\papers\Brewing guide (2026).pdf")
    assert kept == pdf
    assert (file.name, file.kind, file.size) == ("Brewing guide (2026).pdf", "pdf", len(pdf))
    assert file.url == f"/f/{file.id}/Brewing-guide-2026.pdf"


def test_the_same_file_twice_is_the_same_file(tmp_path: Path) -> None:
    first, _kept = accept(make_mp4(), VIDEO, tmp_path)
    assert accept(make_mp4(), VIDEO, tmp_path)[0].id == first.id
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "manual.pdf"),
        (b"GIF89a" + make_pdf(), "manual.pdf"),
        (draw_garden(100, 100) + make_pdf(), "manual.pdf"),
        (b"", "empty.pdf"),
        (b"PK\x03\x04" + bytes(100), "manual.docx"),
    ],
)
def test_what_is_no_document_is_refused_by_name(data: bytes, name: str, tmp_path: Path) -> None:
    message = refuse(data, ("pdf",), tmp_path, name)
    assert f"“{name}”" in message
    assert "PDF" in message


def make_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        make_pdf() + make_zip(),
        make_pdf()[:-40],
        make_pdf(script="app.alert(1)"),
        make_pdf(password="secret"),
        b"%PDF-1.7\nno more than a start\n%%EOF",
    ],
    ids=["zip behind", "cut off", "script", "locked", "empty"],
)
def test_a_document_that_holds_more_or_less_than_a_document_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "damaged, locked, or holds something else" in refuse(data, ("pdf",), tmp_path)


def test_a_film_does_not_tell_where_it_was_taken_and_keeps_its_length(tmp_path: Path) -> None:
    _file, kept = accept(make_mp4(), VIDEO, tmp_path)
    assert b"25.0330" in make_mp4()
    assert b"25.0330" not in kept
    assert len(kept) == len(make_mp4())
    assert kept.count(b"mdat") == 1


def test_a_webm_does_not_tell_who_made_it(tmp_path: Path) -> None:
    file, kept = accept(make_webm(), VIDEO, tmp_path)
    assert file.kind == "webm"
    assert b"Canary" not in kept
    assert len(kept) == len(make_webm())


@pytest.mark.parametrize(
    "data",
    [
        make_mp4()[:-10],
        make_mp4() + b"<script>alert(1)</script>",
        box(b"ftyp", b"isom" + bytes(8)) + box(b"mdat", bytes(20)),
        make_webm()[:-10],
        make_webm() + make_zip(),
        b"\x1aE\xdf\xa3" + bytes(40),
    ],
    ids=["cut off", "page behind", "no contents", "webm cut off", "zip behind webm", "webm of nothing"],
)
def test_a_film_that_is_not_whole_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "damaged" in refuse(data, VIDEO, tmp_path, "film.mp4")


@pytest.mark.parametrize(
    ("start", "part", "end"),
    [
        (box(b"ftyp", b"isom" + bytes(8)), box(b"free"), box(b"moov") + box(b"mdat")),
        (element(b"\x1aE\xdf\xa3", b"\x42\x82\x84webm"), b"\xec\x80", b""),
    ],
)
def test_a_film_of_nothing_but_millions_of_parts_takes_neither_time_nor_memory(
    start: bytes, part: bytes, end: bytes, tmp_path: Path
) -> None:
    data = start + part * 1_000_000 + end
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(Invalid, match="holds something else"):
        accept_file(io.BytesIO(data), "film.mp4", VIDEO, tmp_path)
    assert time.process_time() - begun < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kB"


def test_boxes_in_boxes_count_together(tmp_path: Path) -> None:
    tracks = box(b"trak", box(b"free") * 999) * 20
    data = box(b"ftyp", b"isom" + bytes(8)) + box(b"moov", tracks) + box(b"mdat")
    with pytest.raises(Invalid, match="holds something else"):
        accept_file(io.BytesIO(data), "film.mp4", VIDEO, tmp_path)


def test_a_film_of_another_kind_says_what_is_allowed(tmp_path: Path) -> None:
    assert "MP4, WebM" in refuse(make_mp4(b"qt  "), VIDEO, tmp_path, "film.mov")


def test_too_large_a_film_is_refused_with_the_limit(tmp_path: Path) -> None:
    assert "31.0 MB; at most 30 MB" in refuse(make_mp4(size=31_000_000), VIDEO, tmp_path)


@pytest.mark.parametrize(
    "text",
    [CUES, "\ufeff" + CUES.replace("\n", "\r\n"), "1\n00:00:00,000 --> 00:00:02,000\nآب را بریزید.\n"],
    ids=["vtt", "from windows", "srt"],
)
def test_captions_become_web_captions(text: str, tmp_path: Path) -> None:
    file, kept = accept(text.encode(), ("vtt",), tmp_path, "captions.srt")
    assert file.kind == "vtt"
    assert kept.decode().startswith("WEBVTT\n\n")
    assert ".000 --> 00:" in kept.decode()


@pytest.mark.parametrize("data", [b"WEBVTT\n\nno cue", b"WEBVTT\n\n00:00.000 --> 00:02.000\n\xff\xfe"])
def test_captions_without_a_cue_are_refused(data: bytes, tmp_path: Path) -> None:
    assert "“file.bin”" in refuse(data, ("vtt",), tmp_path)


@pytest.mark.parametrize("name", ["../shelftalk.sqlite", "0123456789abcdef.html", "0123456789ABCDEF.pdf", "x.pdf"])
def test_only_names_we_make_are_files(name: str) -> None:
    assert not is_stored_name(name)


def upload(browser: FlaskClient, data: bytes, name: str, kinds: str) -> tuple[int, dict[str, str]]:
    answer = browser.post("/admin/files", data={"file": (io.BytesIO(data), name), "kinds": kinds})
    return answer.status_code, answer.get_json()


def test_a_marketer_uploads_a_manual_and_anybody_reads_it(marketer: FlaskClient, client: FlaskClient) -> None:
    status, said = upload(marketer, make_pdf(), "راهنما.pdf", "pdf")
    assert (status, said["name"]) == (201, "راهنما.pdf")
    with client.get(said["url"]) as answer:
        assert answer.data == make_pdf()
        assert answer.content_type == "application/pdf"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert (policy.split("; ")[0], policy.split("; ")[-1]) == ("default-src 'none'", "sandbox")
        assert "Set-Cookie" not in answer.headers


def test_a_wrong_file_is_answered_beside_its_field(marketer: FlaskClient) -> None:
    status, said = upload(marketer, draw_garden(50, 50), "photo.jpg", "pdf")
    assert status == 422
    assert "“photo.jpg”" in said["message"]


@pytest.fixture
def film(app: Flask) -> str:
    """The address of a film of five parts."""
    return accept(make_mp4(size=5 * PART_BYTES), VIDEO, get_state(app).files_folder, "film.mp4")[0].url


def test_a_film_is_sent_in_parts(client: FlaskClient, film: str) -> None:
    whole = make_mp4(size=5 * PART_BYTES)
    with client.get(film, headers={"Range": "bytes=0-"}) as answer:
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes 0-{PART_BYTES - 1}/{len(whole)}"
        assert len(answer.data) == PART_BYTES
    with client.get(film, headers={"Range": f"bytes={len(whole) - 100}-"}) as answer:
        assert answer.headers["Content-Range"] == f"bytes {len(whole) - 100}-{len(whole) - 1}/{len(whole)}"
    with client.get(film, headers={"Range": "bytes=-50"}) as answer:
        assert len(answer.data) == 50
    with client.get(film, headers={"Range": f"bytes={len(whole)}-"}) as answer:
        assert answer.status_code == 416


@pytest.mark.parametrize("path", ["/f/0123456789abcdef/x.pdf", "/f/0123456789abcdef/x.html", "/f/..%2F..%2Fx/a.pdf"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_backup_brings_files_back(app: Flask, store: Store, tmp_path: Path) -> None:
    state = get_state(app)
    file, kept = accept(make_pdf(), ("pdf",), state.files_folder)
    with store.write() as db:
        file_store.add_file(db, file, at=clock.now())
    make_backup(state, tmp_path / "backup.zip")
    path = state.files_folder / f"{file.id}.pdf"
    path.unlink()
    with store.write() as db:
        db.engine.execute(db.connection, "delete from files", {})
    restore_backup(state, tmp_path / "backup.zip")
    assert path.read_bytes() == kept
    with store.read() as db:
        assert file_store.get_file(db, file.id) == file
