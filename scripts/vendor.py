"""Copy the browser libraries from node_modules into static/vendor, with hashes, licences and one icon sprite.

`make vendor` runs it after `npm ci`. `--check` compares the copies with their hashes and writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
SPRITE = ROOT / "static" / "img" / "icons.svg"
SUMS = VENDOR / "SHA256SUMS"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "static/vendor/tabler/tabler.min.css",
    "@tabler/core/dist/css/tabler.rtl.min.css": "static/vendor/tabler/tabler.rtl.min.css",
    "htmx.org/dist/htmx.min.js": "static/vendor/htmx/htmx.min.js",
    "htmx.org/LICENSE": "static/vendor/htmx/LICENSE",
    "echarts/dist/echarts.common.min.js": "static/vendor/echarts/echarts.common.min.js",
    "echarts/LICENSE": "static/vendor/echarts/LICENSE",
    "echarts/NOTICE": "static/vendor/echarts/NOTICE",
    "lucide-static/LICENSE": "static/vendor/lucide/LICENSE",
    "axe-core/axe.min.js": "tests/vendor/axe.min.js",
    "axe-core/LICENSE": "tests/vendor/LICENSE-axe-core",
}
# The published package has no licence file; this is the licence its package.json names.
TABLER_LICENCE = """MIT License

Copyright (c) 2018-2026 The Tabler Authors
Copyright (c) 2018-2026 codecalm.net Paweł Kuna

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

PLAIN_ICONS = """
plus minus x check search pencil copy eye eye-off link image camera play list text hash tag save menu lock
download upload external-link log-out languages info calendar clock sun moon globe table layers palette
history inbox mail flag route bot key-round shield-check smartphone ellipsis ellipsis-vertical grip-vertical
chevron-down chevron-up chevron-left chevron-right arrow-up arrow-down arrow-left arrow-right arrow-up-down
trending-up trending-down file-text file-spreadsheet shopping-cart archive archive-restore circle-off
circle-check circle-alert triangle-alert refresh-cw hard-drive database megaphone milestone rocket sparkles
bold italic heading chef-hat newspaper phone recycle scale share-2 star wheat
"""
# Symbol id -> lucide file: named by what they mean here, or as lucide names them.
ICONS = {
    **{name: name for name in PLAIN_ICONS.split()},
    "undo": "undo-2",
    "redo": "redo-2",
    "overview": "layout-dashboard",
    "products": "package",
    "placements": "map-pin",
    "locations": "store",
    "labels": "qr-code",
    "runs": "printer",
    "reports": "chart-column",
    "users": "users",
    "user": "circle-user",
    "status": "activity",
    "settings": "settings",
    "filter": "funnel",
    "delete": "trash-2",
    "help": "circle-question-mark",
    "photo": "image",
    "list-details": "table-properties",
    "list-numbers": "list-ordered",
    "player-play": "play",
    "scan": "scan-line",
    "circle": "circle",
}


def copy_files() -> list[str]:
    """Copy every file; returns the project paths written."""
    for source, target in FILES.items():
        (ROOT / target).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / target).write_bytes((MODULES / source).read_bytes())
    (VENDOR / "tabler" / "LICENSE").write_text(TABLER_LICENCE, encoding="utf-8")
    return [*FILES.values(), "static/vendor/tabler/LICENSE"]


def make_sprite() -> str:
    """One SVG with a symbol per icon; strokes follow the text's colour."""
    symbols = []
    for name, file in sorted(ICONS.items()):
        svg = (MODULES / "lucide-static" / "icons" / f"{file}.svg").read_text(encoding="utf-8")
        body = re.sub(r"\s+", " ", svg.split(">", 2)[2].rsplit("</svg>", 1)[0]).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{body.replace("> <", "><")}</symbol>'
        )
    head = '<svg xmlns="http://www.w3.org/2000/svg"><!-- Icons from Lucide, see static/vendor/lucide/LICENSE -->'
    return "\n".join([head, *symbols, "</svg>", ""])


def format_sums(paths: list[str]) -> str:
    """The hash file's text, in the form `sha256sum -c` reads from the project's root."""
    return "".join(f"{hashlib.sha256((ROOT / path).read_bytes()).hexdigest()}  {path}\n" for path in sorted(paths))


def list_versions() -> str:
    """A table of what is copied, with version and licence from the lock."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    names = [*lock[""]["devDependencies"], "zrender", "tslib"]
    rows = [
        f"| {name} | {lock[f'node_modules/{name}']['version']} | {lock[f'node_modules/{name}']['license']} |"
        for name in sorted(names)
    ]
    return "\n".join(
        [
            "# Browser libraries",
            "",
            "Copied by `make vendor` from npm as pinned in `package-lock.json`; hashes in `SHA256SUMS`.",
            "ECharts' bundle contains zrender and tslib. axe-core is for tests only and lies in `tests/vendor/`.",
            "",
            "| library | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def check() -> int:
    """Compare the copies with their hashes; prints what differs."""
    wrong = []
    for line in SUMS.read_text(encoding="utf-8").splitlines():
        digest, path = line.split("  ", 1)
        target = ROOT / path
        if not target.is_file() or hashlib.sha256(target.read_bytes()).hexdigest() != digest:
            wrong.append(path)
    for path in wrong:
        print(f"{path} differs from its hash: run `make vendor`.", file=sys.stderr)
    return 1 if wrong else 0


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        return check()
    paths = copy_files()
    SPRITE.write_text(make_sprite(), encoding="utf-8")
    (VENDOR / "README.md").write_text(list_versions(), encoding="utf-8")
    paths += ["static/img/icons.svg", "static/vendor/README.md"]
    SUMS.write_text(format_sums(paths), encoding="utf-8")
    print(f"{len(paths)} files in {VENDOR.relative_to(ROOT)} and tests/vendor.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
