"""Asking addresses: what works, what is gone, and that no request ever reaches a private network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import SplitResult

import pytest

from shelftalk.web.link_check import LinkResult, Network, ask_address, check_link, check_links, is_public

PUBLIC = "93.184.215.14"


class World:
    """A network of our own: names and what their pages answer. `asked` is every request that was sent."""

    def __init__(self, names: dict[str, list[str]], pages: dict[str, tuple[int, str]]) -> None:
        self.names, self.pages = names, pages
        self.asked: list[tuple[str, str, str]] = []

    def resolve(self, host: str, _port: int) -> list[str]:
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return self.names[host]

    def ask(self, target: SplitResult, address: str, method: str) -> tuple[int, str]:
        self.asked.append((method, target.geturl(), address))
        if target.geturl() not in self.pages:
            raise TimeoutError
        return self.pages[target.geturl()]

    @property
    def network(self) -> Network:
        return Network(self.resolve, self.ask)


def make_world(**pages: tuple[int, str]) -> World:
    names = {"shop.example": [PUBLIC], "in.example": ["10.0.0.7"], "both.example": [PUBLIC, "127.0.0.1"]}
    return World(names, {f"https://shop.example/{name}": page for name, page in pages.items()})


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "works"), (204, "works"), (404, "gone"), (410, "gone"), (403, "unsure"), (429, "unsure"), (503, "unsure")],
)
def test_an_answer_is_read_for_what_it_says(status: int, state: str) -> None:
    assert check_link("https://shop.example/a", make_world(a=(status, "")).network).state == state


def test_nobody_answering_is_no_proof() -> None:
    assert check_link("https://shop.example/slow", make_world().network) == LinkResult("unsure")


@pytest.mark.parametrize("url", ["https://in.example/", "https://both.example/", "http://in.example:8080/admin"])
def test_a_private_address_is_never_asked(url: str) -> None:
    world = make_world()
    assert check_link(url, world.network).state == "private"
    assert world.asked == []


@pytest.mark.parametrize(
    "leads_to", ["https://in.example/secret", "http://both.example/", "file:///etc/passwd", "gopher://shop.example/"]
)
def test_a_redirect_into_the_private_is_not_followed(leads_to: str) -> None:
    world = make_world(a=(302, leads_to))
    assert check_link("https://shop.example/a", world.network).state == "private"
    assert [url for _method, url, _address in world.asked] == ["https://shop.example/a"]


def test_the_address_that_was_checked_is_the_one_spoken_to() -> None:
    world = make_world(a=(200, ""))
    check_link("https://shop.example/a", world.network)
    assert world.asked == [("HEAD", "https://shop.example/a", PUBLIC)]


def test_redirects_are_followed_and_end() -> None:
    world = make_world(a=(301, "/b"), b=(200, ""), loop=(302, "/loop"))
    assert check_link("https://shop.example/a", world.network).state == "works"
    assert check_link("https://shop.example/loop", world.network).state == "unsure"
    assert len(world.asked) < 12


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_private_addresses_are_known_in_every_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(address)


def test_an_unknown_host_counts_only_where_names_can_be_looked_up() -> None:
    world = make_world()
    urls = ["https://shpo.example/a"]
    assert check_links(urls, "shop.example", world.network)[urls[0]].state == "unknown_host"
    assert check_links(urls, "nowhere.example", world.network)[urls[0]].state == "unsure"


class Refuses(BaseHTTPRequestHandler):
    """Answers HEAD with 405, GET with a page that never ends being sent."""

    def do_HEAD(self) -> None:
        self.send_error(405)

    def do_GET(self) -> None:
        self.server.hosts.append(self.headers["Host"])  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "1000000000")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
    server.hosts = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_real_site_is_asked_by_its_name_at_the_address_given(site: ThreadingHTTPServer) -> None:
    def ask(target: SplitResult, _address: str, method: str) -> tuple[int, str]:
        return ask_address(target, "127.0.0.1", method)

    network = Network(lambda _host, _port: [PUBLIC], ask)
    url = f"http://shop.example:{site.server_port}/page?x=1"
    assert check_link(url, network) == LinkResult("works", "200")
    assert site.hosts == [f"shop.example:{site.server_port}"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "address", ["::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::a00:1", "fec0::1", "::5efe:10.0.0.1", "5f00::1"]
)
def test_what_may_stand_for_a_private_address_is_not_public(address: str) -> None:
    assert not is_public(address)
