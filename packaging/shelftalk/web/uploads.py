"""Documents, videos and captions: checked, kept under the hash of their content, served in parts and for good."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePath
from typing import IO

from flask import Blueprint, Response, request, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_range_header

from shelftalk import clock
from shelftalk.catalog.media import FILE_KINDS, ID_LENGTH, Media, StoredFile, is_stored_name, make_stored_name
from shelftalk.errors import Invalid, NotFound
from shelftalk.store import files as file_store
from shelftalk.web.block_views import write_size
from shelftalk.web.file_checks import check_file, check_size
from shelftalk.web.files import write_whole
from shelftalk.web.media import take_image
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import get_language, text_error

bp = Blueprint("uploads", __name__)
PART_BYTES = 2_000_000  # of one answer: who watches slowly holds no thread for the length of the film
# Nothing a file holds may run or load; a PDF viewer needs its own styles and itself as an object.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'; sandbox"


def accept_file(stream: IO[bytes], name: str, kinds: tuple[str, ...], folder: Path) -> StoredFile:
    """Check an uploaded file and keep it in `folder`; raises Invalid. The same file again is the same."""
    name = re.sub(r"[\x00-\x1f\x7f]", "", PurePath(name.replace("\\", "/")).name)[-120:] or "file"
    stream.seek(0, 2)
    check_size(stream.tell(), *kinds)
    stream.seek(0)
    checked = check_file(stream.read(), name, kinds)
    file = StoredFile(hashlib.sha256(checked.data).hexdigest()[:ID_LENGTH], name, checked.kind, len(checked.data))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / make_stored_name(file.id, file.kind)
    if not path.exists():
        write_whole(path, checked.data)
    return file


def take_file(sent: FileStorage | None, kinds: tuple[str, ...]) -> StoredFile:
    """The file of a form, checked, kept and remembered; raises Invalid."""
    if sent is None or not sent.filename:
        raise Invalid("file", "Choose a file first.")
    file = accept_file(sent.stream, sent.filename, kinds, state().files_folder)
    with state().store.write() as db:
        file_store.add_file(db, file, at=clock.now())
        return file_store.get_file(db, file.id)


def take_upload(sent: FileStorage | None, kinds: tuple[str, ...] = ()) -> StoredFile | Media:
    """What a form brings for a field: a file of these kinds, or a picture when none are named; raises Invalid."""
    if kinds:
        return take_file(sent, kinds)
    if sent is None or not sent.filename:
        raise Invalid("file", "Choose a picture first.")
    return take_image(sent)


@bp.post("/admin/files")
@requires("marketer")
def upload() -> ResponseReturnValue:
    kinds = tuple(kind for kind in request.form.get("kinds", "").split() if kind in FILE_KINDS)
    try:
        file = take_file(request.files.get("file"), kinds or tuple(FILE_KINDS))
    except Invalid as error:
        return {"field": error.field, "message": text_error(error)}, 422
    return {"id": file.id, "name": file.name, "url": file.url, "size": write_size(file.size, get_language().tag)}, 201


@bp.get("/f/<file_id>/<name>")
def show(file_id: str, name: str) -> Response:
    """A file, whole or in parts. Its readable name is the address's last part; the kind is what it was checked as."""
    stored = make_stored_name(file_id, name.rpartition(".")[2])
    if not is_stored_name(stored):
        raise NotFound("There is no such file.")
    _shorten_range()
    kind = FILE_KINDS[name.rpartition(".")[2]]
    answer = send_from_directory(state().files_folder, stored, mimetype=kind, download_name=name, etag=file_id)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _shorten_range() -> None:
    """Answer a wish for all the rest with the next part only: players ask again for what follows."""
    asked = parse_range_header(request.headers.get("Range"))
    if asked and len(asked.ranges) == 1:
        start, end = asked.ranges[0]
        if start >= 0 and (end is None or end - start > PART_BYTES):
            request.environ["HTTP_RANGE"] = f"bytes={start}-{start + PART_BYTES - 1}"
