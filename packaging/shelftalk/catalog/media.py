"""Pictures and files as pages name them: the sizes and kinds they are kept in. Knows no disk and no pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

WIDTHS = (240, 480, 720, 1440)  # in pixels; a picture is never enlarged
FORMATS: dict[str, str] = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}  # best first
ID_LENGTH = 16
# What is kept as it was uploaded, once its content was checked.
FILE_KINDS: dict[str, str] = {
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
}
_STORED_NAME = re.compile(r"[0-9a-f]{16}\.(?:pdf|mp4|webm|vtt)", re.ASCII)
_FILE_NAME = re.compile(r"[0-9a-f]{16}-[1-9][0-9]{0,3}\.(?:avif|webp|jpg)", re.ASCII)


@dataclass(frozen=True)
class Media:
    """A picture a page may show. `width` and `height` are the upright original's, in pixels."""

    id: str  # hash of the file as it was uploaded
    name: str  # of the file as it was uploaded
    width: int
    height: int

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths it is kept in, smallest first."""
        return list_widths(self.width)

    def get_height(self, width: int) -> int:
        """The height belonging to one of the widths."""
        return max(1, round(self.height * width / self.width))

    def choose_width(self, wanted: int) -> int:
        """The smallest kept width that is at least `wanted`, or the largest."""
        return next((width for width in self.widths if width >= wanted), self.widths[-1])


@dataclass(frozen=True)
class StoredFile:
    """A document, video or captions file a page may lead to. `size` is in bytes."""

    id: str  # hash of the file as it is kept
    name: str  # of the file as it was uploaded
    kind: str
    size: int

    @property
    def url(self) -> str:
        """Its address: it ends in a readable name, which is what a phone keeps it as."""
        stem = re.sub(r"[^\w.-]+", "-", self.name.rpartition(".")[0] or self.name).strip("-.")[:80] or "file"
        return f"/f/{self.id}/{quote(stem)}.{self.kind}"


def list_widths(width: int) -> tuple[int, ...]:
    """The widths a picture of that width is kept in.

    >>> list_widths(1000)
    (240, 480, 720, 1000)
    """
    return tuple(sorted({min(width, kept) for kept in WIDTHS}))


def make_file_name(media_id: str, width: int, extension: str) -> str:
    """The file of one size and format."""
    return f"{media_id}-{width}.{extension}"


def is_file_name(name: str) -> bool:
    """Whether a name is one that `make_file_name` can make: no folders, no other endings."""
    return _FILE_NAME.fullmatch(name) is not None


def make_stored_name(file_id: str, kind: str) -> str:
    """The name a file has on the disk."""
    return f"{file_id}.{kind}"


def is_stored_name(name: str) -> bool:
    """Whether a name is one that `make_stored_name` can make."""
    return _STORED_NAME.fullmatch(name) is not None
