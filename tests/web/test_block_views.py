"""Blocks with pictures, films and files on shopper pages: what is drawn, what is left out, what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from shelftalk.catalog.media import Media, StoredFile
from shelftalk.catalog.page import PageContent, list_gaps, parse_content
from shelftalk.scans.shelf import RenderedPage
from shelftalk.web.block_views import write_size
from shelftalk.web.i18n import Translator
from shelftalk.web.shopper import list_pictures, make_renderer
from tests.support import ROOT
from tests.tea_page import make_product

HILL = Media("a" * 16, "hill.jpg", 1600, 1000)
TIN = Media("b" * 16, "tin.jpg", 300, 300)
MEDIA = {HILL.id: HILL, TIN.id: TIN}
FILM = StoredFile("0123456789abcdef", "film.mp4", "mp4", 12_400_000)
PAPER = StoredFile("fedcba9876543210", "guide.pdf", "pdf", 340_000)


def make_page(kind: str, shared: dict[str, str] | None = None, **values: Any) -> PageContent:
    """A page with one block in English, and a headline."""
    blocks = [{"id": "top", "type": "hero", "shared": {}}, {"id": "part", "type": kind, "shared": shared or {}}]
    return parse_content({"blocks": blocks, "texts": {"en": {"top": {"title": "Oolong"}, "part": values}}})


def render(content: PageContent, *files: StoredFile) -> RenderedPage:
    extras = {"part": {file.id: file for file in files}}
    renderer = make_renderer(ROOT, Translator(), "https://tea.example")
    return renderer.render_page(make_product(), content, "en", MEDIA, extras)


def test_a_gallery_shows_whole_rows_only_and_keeps_their_points() -> None:
    rows = [
        {"image": HILL.id, "alt": "Hill", "focus": "20 80"},
        {"image": TIN.id, "alt": ""},
        {"image": "c" * 16, "alt": "gone"},
        {"image": TIN.id, "alt": "Tin"},
    ]
    html = render(make_page("gallery", rows=rows)).html.decode()
    assert html.count("<li><figure>") == 2
    assert "1 of 2" in html
    assert "#part li:nth-child(1) img{object-position:20% 80%}" in html
    assert "style=" not in html.replace("style-", "")


def test_the_pictures_of_rows_and_posters_are_among_the_page_s_pictures() -> None:
    gallery = make_page("gallery", rows=[{"image": HILL.id, "alt": "Hill"}])
    assert list_pictures(make_product(photo=TIN.id), gallery) == {HILL.id, TIN.id}
    assert list_pictures(make_product(), make_page("video", {"poster": TIN.id}, title="x")) == {TIN.id}


def test_a_row_without_words_for_its_picture_keeps_the_page_from_being_published() -> None:
    (gap,) = list_gaps(make_page("gallery", rows=[{"image": HILL.id, "alt": ""}]))
    assert (gap.block_id, gap.field) == ("part", "rows")


@pytest.mark.parametrize(("shared", "values"), [({"file": FILM.id}, {}), ({}, {"url": "https://tea.example/film"})])
def test_a_video_needs_a_file_or_an_address(shared: dict[str, str], values: dict[str, str]) -> None:
    (gap,) = list_gaps(make_page("video", title="How we pick it"))
    assert gap.field == "url"
    assert 'id="part"' not in render(make_page("video", title="How we pick it")).html.decode()
    assert not list_gaps(make_page("video", shared, title="How we pick it", **values))


def test_the_policy_opens_for_what_the_page_uses_and_for_nothing_else() -> None:
    plain = render(make_page("text", body="Tea"))
    assert "media-src" not in plain.csp
    assert "frame-src" not in plain.csp
    own = render(make_page("video", {"file": FILM.id}, title="x", url="https://youtu.be/dQw4w9WgXcQ"), FILM)
    assert "; media-src 'self'" in own.csp
    assert "frame-src" not in own.csp, "a file of one's own goes before the address"
    elsewhere = render(make_page("video", title="x", url="https://vimeo.com/76979871"))
    assert elsewhere.csp.endswith("; frame-src https://player.vimeo.com")
    assert "media-src" not in elsewhere.csp
    link = render(make_page("video", title="x", url="https://tea.example/film"))
    assert "frame-src" not in link.csp


def test_a_film_elsewhere_is_named_in_no_address_the_browser_loads_by_itself() -> None:
    html = render(make_page("video", title="x", url="https://youtu.be/dQw4w9WgXcQ")).html.decode()
    assert "<iframe" not in html
    assert 'data-film="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&amp;rel=0"' in html
    assert 'href="?go=part.' in html


def test_documents_are_counted_links_to_files_that_are_there() -> None:
    rows = [{"title": "Guide", "file": PAPER.id, "language": "fa"}, {"title": "Lost", "file": "c" * 16}]
    page = render(make_page("documents", heading="Papers", rows=rows), PAPER)
    html = page.html.decode()
    assert "Lost" not in html
    assert 'hreflang="fa"' in html
    assert "340\u00a0kB" in html
    assert list(page.links.values()) == [f"/f/{PAPER.id}/guide.pdf"]


@pytest.mark.parametrize(
    ("tag", "small", "large"),
    [
        ("en", "340 kB", "2.4 MB"),
        ("ru", "340 кБ", "2,4 МБ"),
        ("fa", "۳۴۰ کیلوبایت", "۲٫۴ مگابایت"),
        ("zh-Hant", "340 kB", "2.4 MB"),
    ],
)
def test_sizes_are_written_the_language_s_way(tag: str, small: str, large: str) -> None:
    assert write_size(340_000, tag).replace("\u00a0", " ") == small
    assert write_size(2_400_000, tag).replace("\u00a0", " ") == large
