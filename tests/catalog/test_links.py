"""Web addresses as people write them: any script's host, and none there cannot be."""

from __future__ import annotations

import pytest

from shelftalk.catalog.block import parse_url
from shelftalk.errors import Invalid


@pytest.mark.parametrize("url", ["https://tée.example/", "https://مثال.example/چای", "https://a_b.example:8443/?x=1"])
def test_hosts_of_every_script_are_taken(url: str) -> None:
    assert parse_url(url) == url


@pytest.mark.parametrize("url", ["https://tée..example/", "https://tea..example/", f"https://{'ü' * 70}.example/"])
def test_a_host_there_cannot_be_is_said_before_anybody_taps_it(url: str) -> None:
    with pytest.raises(Invalid, match="is not a web address"):
        parse_url(url)
