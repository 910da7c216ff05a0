"""Videos elsewhere: which sites may play inside a page, and the address that asks least of the person watching."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Embed:
    """A player of another site. `frames` are the origins its frame may come from."""

    site: str  # as people know it
    src: str
    frames: tuple[str, ...]
    tells_origin: bool = False  # whether it plays only for pages that say where they are from


def find_embed(url: str) -> Embed | None:
    """The player of a video on a site that is known, or None.

    >>> find_embed("https://youtu.be/dQw4w9WgXcQ").src
    'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&rel=0'
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    read = _SITES.get(host)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return read(parts.path, query) if read else None


def _youtube(path: str, query: dict[str, str]) -> Embed | None:
    found = re.fullmatch(r"/(?:embed|shorts|live|v)/([\w-]{11})/?", path, re.ASCII)
    return _make_youtube(found[1] if found else query.get("v", "") if path == "/watch" else "")


def _youtu_be(path: str, _query: dict[str, str]) -> Embed | None:
    return _make_youtube(path.strip("/"))


def _make_youtube(name: str) -> Embed | None:
    if not re.fullmatch(r"[\w-]{11}", name, re.ASCII):
        return None
    origin = "https://www.youtube-nocookie.com"
    return Embed("YouTube", f"{origin}/embed/{name}?autoplay=1&rel=0", (origin,), tells_origin=True)


def _vimeo(path: str, query: dict[str, str]) -> Embed | None:
    found = re.fullmatch(r"/(?:video/)?([0-9]{4,12})(?:/([0-9a-f]{6,20}))?/?", path, re.ASCII)
    if not found:
        return None
    key = found[2] or query.get("h", "")
    secret = f"&h={key}" if re.fullmatch(r"[0-9a-f]{6,20}", key, re.ASCII) else ""
    origin = "https://player.vimeo.com"
    return Embed("Vimeo", f"{origin}/video/{found[1]}?dnt=1&autoplay=1{secret}", (origin,))


def _aparat(path: str, _query: dict[str, str]) -> Embed | None:
    found = re.fullmatch(r"/v/(\w{4,16})/?", path, re.ASCII)
    origin = "https://www.aparat.com"
    src = f"{origin}/video/video/embed/videohash/{found[1]}/vt/frame" if found else ""
    return Embed("Aparat", src, (origin,)) if found else None


def _bilibili(path: str, _query: dict[str, str]) -> Embed | None:
    found = re.fullmatch(r"/video/(BV\w{10})/?", path, re.ASCII)
    origin = "https://player.bilibili.com"
    src = f"{origin}/player.html?bvid={found[1]}&autoplay=1&danmaku=0" if found else ""
    return Embed("Bilibili", src, (origin,)) if found else None


def _rutube(path: str, _query: dict[str, str]) -> Embed | None:
    found = re.fullmatch(r"/(?:video|play/embed|shorts)/([0-9a-f]{32})/?", path, re.ASCII)
    origin = "https://rutube.ru"
    return Embed("Rutube", f"{origin}/play/embed/{found[1]}", (origin,)) if found else None


def _vk(path: str, query: dict[str, str]) -> Embed | None:
    place = path.removeprefix("/") if path.startswith("/video") else query.get("z", "").partition("/")[0]
    found = re.fullmatch(r"(?:video|clip)(-?[0-9]{1,12})_([0-9]{1,12})/?", place, re.ASCII)
    origins = ("https://vk.com", "https://vkvideo.ru")
    src = f"{origins[1]}/video_ext.php?oid={found[1]}&id={found[2]}&autoplay=1" if found else ""
    return Embed("VK", src, origins) if found else None


_SITES: dict[str, Callable[[str, dict[str, str]], Embed | None]] = {
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtu_be,
    "vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo,
    "aparat.com": _aparat,
    "bilibili.com": _bilibili,
    "rutube.ru": _rutube,
    "vk.com": _vk,
    "vkvideo.ru": _vk,
}
