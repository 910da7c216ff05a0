"""The sample's pictures: right in size, alike on every run, each one different."""

from __future__ import annotations

import io
from functools import cache

import pytest
from PIL import Image, ImageChops, ImageStat

from shelftalk.sample.brand import load_brand
from shelftalk.sample.pictures import PICTURES, draw_picture

PRODUCTS = [name for name in PICTURES if name not in ("cups", "hills")]


@cache
def draw(name: str) -> Image.Image:
    image = Image.open(io.BytesIO(draw_picture(name)))
    assert image.format == "PNG"
    return image.convert("RGBA")


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_stands_alone_in_the_middle_of_a_clear_square(name: str) -> None:
    image = draw(name)
    assert image.size == (1200, 1200)
    solid = image.getchannel("A").point(lambda v: 255 * (v > 200)).getbbox()
    assert solid is not None
    left, top, right, bottom = solid
    assert min(left, top, 1200 - right, 1200 - bottom) >= 60  # nothing is cut off
    assert bottom - top > 700  # and it is not lost in the square
    assert image.getpixel((2, 2))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("name", ["cups", "hills"])
def test_a_scene_fills_its_frame(name: str) -> None:
    image = draw(name)
    assert image.size == (1200, 800)
    assert image.getchannel("A").getextrema() == (255, 255)


def test_no_two_pictures_of_products_look_alike() -> None:
    small = {name: draw(name).resize((60, 60)).convert("RGBa").convert("RGB") for name in PRODUCTS}
    for one in PRODUCTS:
        for other in PRODUCTS:
            if one < other:
                difference = ImageStat.Stat(ImageChops.difference(small[one], small[other])).mean
                assert sum(difference) > 15, (one, other)


def test_a_picture_is_the_same_every_time() -> None:
    assert draw_picture("high-mountain-oolong") == draw_picture("high-mountain-oolong")


def test_a_picture_nobody_drew_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw_picture("coffee")


def test_the_products_colour_is_in_its_picture() -> None:
    for product in load_brand().products:
        wanted = tuple(int(product.colour[place : place + 2], 16) for place in (1, 3, 5))
        pixels = draw(product.picture).resize((150, 150)).get_flattened_data()
        near = sum(
            a > 200 and max(abs(r - wanted[0]), abs(g - wanted[1]), abs(b - wanted[2])) < 40 for r, g, b, a in pixels
        )
        assert near > 100, product.slug
