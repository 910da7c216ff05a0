"""What can be tapped on a rendered page, by name: links through the server, what its script tells. Knows HTML only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_MARKS = re.compile(r'<section id="([A-Za-z0-9]{2,20})"|</section>|data-act="([a-z_]{2,20})"')


def list_taps(html: str, links: Iterable[str], kinds: Mapping[str, str]) -> dict[str, str]:
    """`<block>.<word>` and `<block>.<hash>` -> the kind of the block. `kinds`: those of the page's blocks, by id."""
    found = {name: kinds.get(name.partition(".")[0], "") for name in links}
    block = ""
    for mark in _MARKS.finditer(html):
        section, word = mark.groups()
        if word and block:
            found[f"{block}.{word}"] = kinds.get(block, "")
        elif not word:
            block = section or ""
    return found
