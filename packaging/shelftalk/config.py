"""Settings. The only reader of the environment; every setting is documented in the README."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shelftalk.errors import Invalid

# An origin (RFC 6454) with a host name as DNS allows it: it is printed, so nothing else may slip in.
ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?",
    re.ASCII,
)
# A printer as the setting writes it: a name, and where it listens; an IPv6 address stands in brackets.
LABEL_PRINTER = re.compile(
    r"(?P<name>[^=,]{1,60})=\s*(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
    r":(?P<port>[1-9][0-9]{0,4}):(?P<dpi>203|300|600)",
    re.ASCII,
)
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class LabelPrinter:
    """A label printer that labels may be sent to; where it is, is said here and nowhere else."""

    name: str
    host: str
    port: int
    dpi: int


@dataclass(frozen=True)
class Settings:
    """What the environment decides, checked once at start."""

    root: Path
    instance: Path
    port: int
    workers: int  # processes that `make run` starts
    visitors_memory: str  # where the workers' common memory is; set by what starts them
    origin: str  # scheme://host[:port], the only source of printed addresses
    database_url: str  # empty: SQLite in the instance folder
    demo: bool
    timezone: str  # of placements without a location, and of totals over all places
    durability: str  # "power": an answer waits for the disk; "process": synced every 50 ms
    keep_days: int  # how long rows of single scans are kept; their counts stay
    check_links: bool  # whether the links of a page are asked before it is published
    metrics_token: str  # opens /metrics; empty: there is no such address
    password: str  # for `flask add-user` without a prompt
    smtp_url: str  # the server mail goes to; empty: no mail is sent
    mail_from: str  # the address it comes from
    label_printers: tuple[LabelPrinter, ...]  # that labels may be sent to

    @property
    def origin_is_local(self) -> bool:
        """Whether the origin is this machine only: fine for trying out, never for print."""
        return urlsplit(self.origin).hostname in LOCAL_HOSTS

    @property
    def sends_mail(self) -> bool:
        """Whether there is a server to send mail by."""
        return bool(self.smtp_url)

    @property
    def database_path(self) -> Path:
        """The SQLite file, when SQLite is the store."""
        return self.instance / "shelftalk.sqlite"


def read_settings(root: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; raises Invalid naming the variable."""
    env = os.environ if environ is None else environ
    port = _read_port(env.get("PORT", "8000"))
    return Settings(
        root=root,
        instance=Path(env.get("SHELFTALK_INSTANCE") or root / "instance").absolute(),
        port=port,
        workers=_read_workers(env.get("SHELFTALK_WORKERS") or "1"),
        visitors_memory=env.get("SHELFTALK_VISITORS_MEMORY", ""),
        origin=_read_origin(env.get("SHELFTALK_ORIGIN") or f"http://localhost:{port}"),
        database_url=_read_database_url(env.get("DATABASE_URL", "")),
        demo=env.get("SHELFTALK_DEMO", "").lower() in ("1", "true", "yes", "on"),
        timezone=_read_timezone(env.get("SHELFTALK_TIMEZONE") or "UTC"),
        durability=_read_durability(env.get("SCAN_DURABILITY") or "power"),
        keep_days=_read_keep_days(env.get("SHELFTALK_KEEP_DAYS") or "396"),
        check_links=_read_switch("SHELFTALK_CHECK_LINKS", env.get("SHELFTALK_CHECK_LINKS") or "on"),
        metrics_token=_read_token(env.get("SHELFTALK_METRICS_TOKEN", "")),
        password=env.get("SHELFTALK_PASSWORD", ""),
        smtp_url=_read_smtp_url(env.get("SHELFTALK_SMTP_URL", "")),
        mail_from=_read_mail_from(env.get("SHELFTALK_MAIL_FROM", ""), env.get("SHELFTALK_SMTP_URL", "")),
        label_printers=_read_label_printers(env.get("SHELFTALK_LABEL_PRINTERS", "")),
    )


def make_environ(settings: Settings) -> dict[str, str]:
    """The environment for a process of our own that is to work on the same instance."""
    return os.environ | {
        "PORT": str(settings.port),
        "SHELFTALK_INSTANCE": str(settings.instance),
        "SHELFTALK_ORIGIN": settings.origin,
        "SHELFTALK_CHECK_LINKS": "on" if settings.check_links else "off",
        "DATABASE_URL": settings.database_url,
    }


def _read_port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536:
        return int(text)
    raise Invalid("PORT", "PORT is “{value}”. It must be a number from 1 to 65535, for example 8000.", value=text)


def _read_workers(text: str) -> int:
    if text.isdecimal() and len(text) <= 2 and 0 < int(text) <= 64:
        return int(text)
    raise Invalid(
        "SHELFTALK_WORKERS",
        "SHELFTALK_WORKERS is “{value}”. It must be a number of processes from 1 to 64, for example 2.",
        value=text,
    )


def _read_origin(text: str) -> str:
    found = ORIGIN.fullmatch(text.lower().removesuffix("/"))
    if found and int(found["port"] or 1) < 65536 and (found["scheme"] == "https" or found["host"] in LOCAL_HOSTS):
        return found[0]
    raise Invalid(
        "SHELFTALK_ORIGIN",
        "SHELFTALK_ORIGIN is “{value}”. It must be https:// and a host name without a path, "
        "for example https://tea.example. Only localhost may use http.",
        value=text,
    )


def _read_database_url(text: str) -> str:
    if not text or text.startswith(("postgresql://", "postgres://")):
        return text
    raise Invalid(
        "DATABASE_URL",
        "DATABASE_URL is “{value}”. Leave it empty for SQLite, or give postgresql://user:password@host/database.",
        value=text.split("@")[-1],
    )


def _read_timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "SHELFTALK_TIMEZONE",
            "SHELFTALK_TIMEZONE is “{value}”. It must be a time zone name such as Europe/Berlin.",
            value=text,
        ) from None


def _read_durability(text: str) -> str:
    if text in ("power", "process"):
        return text
    raise Invalid(
        "SCAN_DURABILITY",
        "SCAN_DURABILITY is “{value}”. Allowed are power (an answer waits for the disk) "
        "and process (the disk follows within 50 ms).",
        value=text,
    )


def _read_keep_days(text: str) -> int:
    if text.isdecimal() and 1 <= len(text) <= 4 and int(text) > 0:
        return int(text)
    raise Invalid(
        "SHELFTALK_KEEP_DAYS",
        "SHELFTALK_KEEP_DAYS is “{value}”. It must be a number of days from 1 to 9999, for example 396 (13 months).",
        value=text,
    )


def _read_switch(name: str, text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        return text.lower() in ("1", "true", "yes", "on")
    raise Invalid(name, "{name} is “{value}”. Allowed are on and off.", name=name, value=text)


def _read_token(text: str) -> str:
    if not text or (len(text) >= 16 and text.isascii() and text.isprintable() and " " not in text):
        return text
    raise Invalid(
        "SHELFTALK_METRICS_TOKEN",
        "SHELFTALK_METRICS_TOKEN is too weak. Give 16 letters and digits or more: openssl rand -hex 16",
    )


def _read_smtp_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = (
            parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/")
        )
    except ValueError:
        good = False
    if not text or good:
        return text
    raise Invalid(
        "SHELFTALK_SMTP_URL",
        "SHELFTALK_SMTP_URL is not the address of a mail server. "
        "Give smtp://user:password@mail.tea.example:587 (or smtps:// for port 465), or leave it empty.",
    )


def _read_mail_from(text: str, smtp_url: str) -> str:
    if (not text and not smtp_url) or re.fullmatch(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;]+", text):
        return text
    raise Invalid(
        "SHELFTALK_MAIL_FROM",
        "SHELFTALK_MAIL_FROM is “{value}”. It must be the address mail comes from, for example news@tea.example.",
        value=text,
    )


def _read_label_printers(text: str) -> tuple[LabelPrinter, ...]:
    printers = tuple(_read_label_printer(part.strip()) for part in text.split(",") if part.strip())
    names = [printer.name for printer in printers]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(
                "SHELFTALK_LABEL_PRINTERS",
                "SHELFTALK_LABEL_PRINTERS has two printers called “{value}”. Give each a name of its own.",
                value=name,
            )
    return printers


def _read_label_printer(text: str) -> LabelPrinter:
    found = LABEL_PRINTER.fullmatch(text)
    if found and 0 < int(found["port"]) < 65536:
        host = found["host"].strip("[]").lower()
        return LabelPrinter(found["name"].strip(), host, int(found["port"]), int(found["dpi"]))
    raise Invalid(
        "SHELFTALK_LABEL_PRINTERS",
        "SHELFTALK_LABEL_PRINTERS holds “{value}”. Give each printer as name=host:port:dpi with 203, 300 or 600 dpi, "
        "and commas between them, for example Back office=192.168.1.40:9100:203, Till=till-printer:9100:300.",
        value=text,
    )
