"""Sends style sheets, scripts and icons compressed, each compressed once; long staff pages too, with care.

Such a page holds a form's token, and its compressed length could give that away letter by letter to somebody who may
make the browser ask for it again and again (BREACH). So a random number of bytes is put into the header of each answer
(the "Heal the BREACH" method, Palacios and Fernández, 2022), and only long pages are compressed at all.
"""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, request

SUFFIXES = (".css", ".js", ".svg")
MIN_BYTES = 1_000
LONG_PAGE = 50_000  # bytes from which a page is slow on a phone in a shop
PADDING = 100  # at most


@lru_cache(maxsize=200)
def compress_file(path: Path, _changed: int, coding: str) -> bytes:
    """A file's bytes in a content coding; the moment of its change keeps the memory fresh."""
    content = path.read_bytes()
    if coding == "br":
        return bytes(brotli.compress(content, quality=9))
    return gzip.compress(content, 9, mtime=0)


def choose_coding(accepted: str, codings: tuple[str, ...] = ("br", "gzip")) -> str:
    """The first of `codings` that an Accept-Encoding header allows, or empty."""
    offered = {part.split(";")[0].strip() for part in accepted.lower().split(",") if "q=0" not in part.replace(" ", "")}
    return next((coding for coding in codings if coding in offered), "")


def compress_page(content: bytes) -> bytes:
    """A page as gzip, its length blurred by a random name in the header (RFC 1952 section 2.3, FNAME)."""
    out = io.BytesIO()
    name = "a" * secrets.randbelow(PADDING + 1)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=5, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def init_compress(app: Flask) -> None:
    """Compress static texts and long pages for those who accept it."""

    def compress_long(response: Response) -> Response:
        coding = choose_coding(request.headers.get("Accept-Encoding", ""), ("gzip",))
        if coding and response.mimetype == "text/html" and not response.is_streamed:
            body = response.get_data()
            if len(body) >= LONG_PAGE and "Content-Encoding" not in response.headers:
                response.vary.add("Accept-Encoding")
                response.set_data(compress_page(body))
                response.headers["Content-Encoding"] = coding
        return response

    def compress(response: Response) -> Response:
        name = request.view_args.get("filename", "") if request.view_args else ""
        if request.endpoint != "static" or not name.endswith(SUFFIXES):
            return compress_long(response)
        response.vary.add("Accept-Encoding")
        path = Path(app.static_folder or "") / name
        coding = choose_coding(request.headers.get("Accept-Encoding", ""))
        if response.status_code == 200 and coding and path.stat().st_size >= MIN_BYTES:
            body = compress_file(path, path.stat().st_mtime_ns, coding)
            response.close()  # the file that was about to be sent as it is
            response.direct_passthrough = False
            response.set_data(body)
            response.headers["Content-Encoding"] = coding
        return response

    app.after_request(compress)
