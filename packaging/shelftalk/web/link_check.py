"""Whether an address on a page works, asked without ever reaching into a private network; knows no page.

Every host is looked up first and only then spoken to, by the very address that was found public: a name that
changes its mind in between gains nothing. Redirects are followed by the same rule.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urljoin, urlsplit

LinkState = Literal["works", "gone", "private", "unknown_host", "insecure", "unsure"]
TIMEOUT_S = 4.0
TOGETHER_S = 8.0
THREADS = 8
REDIRECTS = 5
_AGENT = "Shelftalk link check"
_GONE = (404, 410)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all of the public internet's own; other ranges stand for private IPv4
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class LinkResult:
    """What became of asking. "unsure": nobody answered in time or the answer says nothing; no reason to stop."""

    state: LinkState
    detail: str = ""  # a status, or the host it ended at


@dataclass(frozen=True)
class Network:
    """The world outside; tests hand in their own."""

    resolve: Callable[[str, int], list[str]]  # host and port -> addresses; raises OSError
    ask: Callable[[SplitResult, str, str], tuple[int, str]]  # target, address, method -> status, Location


class _NoSuchHost(Exception):
    """The name does not exist."""


def resolve_host(host: str, port: int) -> list[str]:
    """The addresses of a host; raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def ask_address(target: SplitResult, address: str, method: str) -> tuple[int, str]:
    """Ask one address for a target, reading no more than the head; raises OSError and HTTPException."""
    port = target.port or (443 if target.scheme == "https" else 80)
    raw = socket.create_connection((address, port), timeout=TIMEOUT_S)
    host = target.hostname or ""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(raw, server_hostname=host) if port_is_tls(target) else raw
        )
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        connection.request(method, path, headers={"User-Agent": _AGENT, "Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()
        raw.close()


def port_is_tls(target: SplitResult) -> bool:
    """Whether the target is asked over TLS."""
    return target.scheme == "https"


INTERNET = Network(resolve_host, ask_address)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when wrapped (RFC 4291 2.4 and 2.5.5, RFC 6052)."""
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is None and found not in _UNICAST:
            return False
        found = inner or found
    return found.is_global and not found.is_multicast


def check_link(url: str, network: Network = INTERNET) -> LinkResult:
    """Ask an address, following up to five redirects. Never raises."""
    for _step in range(REDIRECTS + 1):
        try:
            target = urlsplit(url)
            status, location = _ask(target, network)
        except _NoSuchHost:
            return LinkResult("unknown_host", urlsplit(url).hostname or "")
        except PermissionError:
            return LinkResult("private", urlsplit(url).hostname or "")
        except ssl.SSLError:
            return LinkResult("insecure", urlsplit(url).hostname or "")
        except (OSError, http.client.HTTPException, ValueError):
            return LinkResult("unsure")
        if 300 <= status < 400 and location:
            url = urljoin(url, location)
            continue
        if status in _GONE:
            return LinkResult("gone", str(status))
        return LinkResult("works" if status < 400 else "unsure", str(status))
    return LinkResult("unsure", "redirects")


def _ask(target: SplitResult, network: Network) -> tuple[int, str]:
    """The status and where it leads on; a site that refuses HEAD is asked again with GET."""
    if target.scheme not in ("http", "https") or not target.hostname:
        raise PermissionError(target.scheme)
    address = _choose_address(target, network)
    status, location = network.ask(target, address, "HEAD")
    if status >= 400:
        status, location = network.ask(target, address, "GET")
    return status, location


def _choose_address(target: SplitResult, network: Network) -> str:
    """The address to speak to; raises PermissionError when any of the host's is not public."""
    try:
        addresses = network.resolve(target.hostname or "", target.port or (443 if target.scheme == "https" else 80))
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            raise _NoSuchHost from error
        raise
    except UnicodeError as error:
        raise _NoSuchHost from error
    if not addresses or not all(is_public(address) for address in addresses):
        raise PermissionError(target.hostname)
    return addresses[0]


def check_links(urls: Iterable[str], control: str, network: Network = INTERNET) -> dict[str, LinkResult]:
    """Ask many at once; who has not answered in time is "unsure".

    `control` is a host that exists: when even that one is not found, names cannot be looked up here at all, and an
    unknown host proves nothing.
    """
    wanted = list(dict.fromkeys(urls))
    results = dict.fromkeys(wanted, LinkResult("unsure"))
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="links")
    try:
        asked = {pool.submit(check_link, url, network): url for url in wanted}
        for done in as_completed(asked, timeout=TOGETHER_S):
            results[asked[done]] = done.result()
    except NotInTime:
        pass
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if any(result.state == "unknown_host" for result in results.values()) and not _is_known(control, network):
        results = {u: LinkResult("unsure") if r.state == "unknown_host" else r for u, r in results.items()}
    return results


def _is_known(host: str, network: Network) -> bool:
    try:
        return bool(network.resolve(host, 443))
    except OSError:
        return False
