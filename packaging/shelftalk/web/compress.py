"""Sends style sheets, scripts and icons compressed, each compressed once. Pages hold form tokens and are left alone."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, request

SUFFIXES = (".css", ".js", ".svg")
MIN_BYTES = 1_000


@lru_cache(maxsize=200)
def compress_file(path: Path, _changed: int, coding: str) -> bytes:
    """A file's bytes in a content coding; the moment of its change keeps the memory fresh."""
    content = path.read_bytes()
    if coding == "br":
        return bytes(brotli.compress(content, quality=9))
    return gzip.compress(content, 9, mtime=0)


def choose_coding(accepted: str) -> str:
    """`br`, `gzip` or empty, for an Accept-Encoding header."""
    offered = {part.split(";")[0].strip() for part in accepted.lower().split(",") if "q=0" not in part.replace(" ", "")}
    return next((coding for coding in ("br", "gzip") if coding in offered), "")


def init_compress(app: Flask) -> None:
    """Compress static texts for those who accept it."""

    def compress(response: Response) -> Response:
        name = request.view_args.get("filename", "") if request.view_args else ""
        if request.endpoint != "static" or not name.endswith(SUFFIXES):
            return response
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
