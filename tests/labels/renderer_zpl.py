"""ZPL drawn by a renderer that is not ours and read back. `make zpl` fetches it; `make test` leaves this out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from shelftalk.labels.label_files import Recipe, make_zpl_file
from shelftalk.labels.stock import get_stock
from shelftalk.labels.thermal import HEADS
from shelftalk.labels.zpl import PACKINGS
from shelftalk.labels.zpl_reader import read_zpl
from tests.labels.helpers import make_items
from tests.support import ROOT

RENDERER = ROOT / "build" / "zpl"
DOTS_A_MM = {203: 8, 300: 12, 600: 24}  # as the renderer counts them


def draw(folder: Path, zpl: bytes, dpi: int) -> list[Image.Image]:
    """The labels of a file as the renderer draws them, on a label of as many dots as the file says."""
    file, dots = folder / "labels.zpl", DOTS_A_MM[dpi]
    file.write_bytes(zpl)
    width, height = read_zpl(zpl)[0].image.size
    job = f"{file}:{width / dots}:{height / dots}:{dots}"
    script = str(ROOT / "tests" / "labels" / "render_zpl.cjs")
    subprocess.run(["node", script, str(RENDERER), job], check=True, timeout=120)
    pictures = sorted(folder.glob("*.png"), key=lambda path: int(path.suffixes[-2][1:]))
    return [Image.open(path).convert("L") for path in pictures]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("dpi", HEADS)
def test_every_language_is_drawn_dot_for_dot_and_read(tmp_path: Path, dpi: int, packing: str) -> None:
    items, stock = make_items(), get_stock("single-57x32")
    zpl = make_zpl_file(items, Recipe(stock), HEADS[dpi], packing=packing).content
    drawn = draw(tmp_path, zpl, dpi)
    assert [zxingcpp.read_barcodes(picture)[0].text for picture in drawn] == [item.url for item in items]
    for picture, label in zip(drawn, read_zpl(zpl), strict=True):
        ours = label.image.convert("L")
        theirs = picture.crop((0, 0, *ours.size))
        assert ImageChops.difference(ours, theirs.point(lambda tone: 255 if tone > 127 else 0)).getbbox() is None


def test_the_renderer_sees_a_damaged_file(tmp_path: Path) -> None:
    """The same file with one character of its picture changed is not drawn as it was."""
    item, stock = make_items(["en"]), get_stock("single-57x32")
    zpl = make_zpl_file(item, Recipe(stock), HEADS[203], packing="ascii").content
    place = zpl.index(b"^GFA") + 400
    damaged = zpl[:place] + (b"0" if zpl[place : place + 1] != b"0" else b"F") + zpl[place + 1 :]
    (whole,) = draw(tmp_path, zpl, 203)
    (broken,) = draw(tmp_path, damaged, 203)
    assert ImageChops.difference(whole, broken).getbbox()
