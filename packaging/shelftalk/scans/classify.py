"""What kind of request a scan is: a pure function of its method and headers. Knows no address and no history.

A rule here may look only at what the request says of itself: what follows from earlier scans is told by `visitors`.
No user agent is no sign of a program: browsers that guard privacy leave it out, and their people have to count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawlerdetect import CrawlerDetect  # type: ignore[import-untyped]

RULE_VERSION = 2
MAX_AGENT = 512  # characters of a user agent that are looked at
Environ = Mapping[str, object]  # a request's CGI variables (RFC 3875, PEP 3333)

# Fetchers that draw the little card under a shared link. The apps' own browsers carry other names: their people count.
_PREVIEW_BOTS = re.compile(
    r"^WhatsApp/|TelegramBot|Slackbot|Slack-ImgProxy|facebookexternalhit|facebookcatalog|Facebot|line-poker"
    r"|Twitterbot|LinkedInBot|Discordbot|SkypeUriPreview|MicrosoftPreview|^Viber|vkShare|OdklBot|kakaotalk-scrap"
    r"|Pinterestbot|redditbot|Snap URL Preview|Iframely|Embedly|Bluesky Cardyb|Mastodon/|Google-PageRenderer"
    r"|BingPreview|Yahoo Link Preview|WeChatLinkPreview|Weixin.*(?:Bot|Spider|Preview)|YandexMessengerBot|ZaloPreview",
    re.IGNORECASE,
)
_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)", re.IGNORECASE)
_PHONE = re.compile(r"Mobi|iPhone|iPod|Android|Phone|Opera Mini|UCBrowser", re.IGNORECASE)
_DESKTOP = re.compile(r"Windows NT|Macintosh|X11|CrOS|Linux", re.IGNORECASE)
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_crawlers = CrawlerDetect()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A request's class, empty when it is no scan at all, why, and the device. `private`: keep nothing else of it."""

    scan_class: str
    reason: str
    device: str = ""
    private: bool = False


def classify(method: str, environ: Environ, *, switched: bool = False, staff: bool = False) -> Verdict:
    """Class a request for a code. `switched`: it asks for a language; `staff`: it comes from staff or a trial."""
    if method != "GET":
        return Verdict("", f"{method} is not a scan")
    agent = _get(environ, "HTTP_USER_AGENT")[:MAX_AGENT]
    scan_class, reason = _choose_class(environ, agent, switched, staff)
    private = environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"
    return Verdict(scan_class, reason, "" if private else classify_device(agent), private)


def classify_action(environ: Environ, *, staff: bool = False) -> Verdict:
    """Class what somebody did on a page. That it comes from our own page, or from its script, is what it should."""
    agent = _get(environ, "HTTP_USER_AGENT")[:MAX_AGENT]
    private = environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"
    if _is_fetched_ahead(environ):
        scan_class, reason = "prefetch", "fetched ahead"
    elif bot := classify_bot(agent):
        scan_class, reason = bot, "user agent"
    else:
        scan_class, reason = ("staff", "marked as staff") if staff else ("person", "")
    return Verdict(scan_class, reason, "" if private else classify_device(agent), private)


def _choose_class(environ: Environ, agent: str, switched: bool, staff: bool) -> tuple[str, str]:
    if reason := _is_prefetch(environ):
        return "prefetch", reason
    if bot := classify_bot(agent):
        return bot, "user agent"
    if staff:
        return "staff", "marked as staff"
    if reason := _is_reload(environ, switched):
        return "reload", reason
    return "person", ""


def _is_prefetch(environ: Environ) -> str:
    """Fetched ahead or as a part of another page, so perhaps never seen (Fetch Metadata; WHATWG Fetch, Sec-Purpose)."""
    if _is_fetched_ahead(environ):
        return "fetched ahead"
    return "" if _get(environ, "HTTP_SEC_FETCH_DEST", "document") in ("document", "iframe") else "not opened as a page"


def _is_fetched_ahead(environ: Environ) -> bool:
    named = [_get(environ, name) for name in _PURPOSES if name in environ]
    return any(word in text for text in named for word in ("prefetch", "preview", "prerender"))


def _is_reload(environ: Environ, switched: bool) -> str:
    if switched:
        return "language switch"
    if _get(environ, "HTTP_SEC_FETCH_SITE") == "same-origin":
        return "came from our own page"
    cache = _get(environ, "HTTP_CACHE_CONTROL").replace(" ", "").lower()
    return "reload" if cache in ("max-age=0", "no-cache") else ""


@lru_cache(maxsize=4096)
def classify_bot(agent: str) -> str:
    """ "preview_bot", "declared_bot" or empty, by what the user agent says of itself."""
    if _PREVIEW_BOTS.search(agent):
        return "preview_bot"
    return "declared_bot" if _crawlers.is_crawler(agent) else ""


@lru_cache(maxsize=4096)
def classify_device(agent: str) -> str:
    """ "phone", "tablet", "desktop", "other", or empty without a user agent."""
    if not agent:
        return ""
    for device, pattern in (("tablet", _TABLET), ("phone", _PHONE), ("desktop", _DESKTOP)):
        if pattern.search(agent):
            return device
    return "other"


def _get(environ: Environ, name: str, default: str = "") -> str:
    value = environ.get(name, default)
    return value if isinstance(value, str) else default
