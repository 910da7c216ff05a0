"""Shopper pages and notices as finished bytes, one per language; knows no request, no store and no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

import nh3
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

from shelftalk.catalog.block import Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES, Language, get_language
from shelftalk.catalog.media import Media, make_file_name
from shelftalk.catalog.page import PageContent, list_references
from shelftalk.catalog.palette import make_palettes
from shelftalk.catalog.product import Product
from shelftalk.errors import mark
from shelftalk.scans.shelf import RenderedPage
from shelftalk.web import block_files, block_views, block_words
from shelftalk.web.block_files import describe_rating, list_kind_scripts, make_script_url
from shelftalk.web.block_views import EMPTY as UNFINISHED
from shelftalk.web.block_views import BlockView, Lack, list_sources, list_views, make_focus_style, make_ratio_style
from shelftalk.web.page_style import make_digit_style, make_policy, make_style, squeeze_css, squeeze_html
from shelftalk.web.taps import list_taps
from shelftalk.web.units import bind_units, bind_view

HOUSE_COLOUR = "#1f6f54"  # of notices, which belong to no brand
ICON = "/static/img/shopper-icon.svg"
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
EMPTY: Mapping[str, Any] = MappingProxyType({})
FORMS = {"faq", "reviews", "survey", "coupon", "signup", "warranty"}  # kinds of blocks that share the style of a form
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "code", "hr"}


class Translates(Protocol):
    """What turns a text into the reader's language."""

    def translate(self, message: str, tag: str, **values: object) -> str: ...

    def ngettext(self, singular: str, plural: str, n: int, tag: str, **values: object) -> str: ...


class Links:
    """The addresses a page leads to. A tap goes through the server, which counts it and knows these targets only."""

    def __init__(self, language: str, *, preview: bool = False) -> None:
        self.targets: dict[str, str] = {}
        self._language = language
        self._preview = preview

    def go(self, block_id: str, url: str) -> str:
        """The link to put on the page, relative so that it keeps the scanned code. A preview leads straight."""
        if self._preview or not url:
            return url
        name = f"{block_id}.{hashlib.sha256(url.encode()).hexdigest()[:8]}"
        self.targets[name] = url
        return f"?go={name}&lang={self._language}"


@dataclass(frozen=True)
class Notice:
    """A page that belongs to no product."""

    heading: str
    text: str
    template: str = "shopper/notice.html"
    again: bool = False  # whether trying again may help


NOTICES: dict[str, Notice] = {
    "unknown": Notice(
        mark("We do not know this code"),
        mark("Your phone did everything right. If you typed the address, compare it with the print letter by letter."),
    ),
    "retired": Notice(
        mark("This label has been taken down"),
        mark("What it showed is no longer offered here. Thank you for looking."),
    ),
    "draft": Notice(
        mark("This page is not ready yet"),
        mark("It is still being written. Please scan the label again another day."),
    ),
    "busy": Notice(
        mark("One moment, please"),
        mark("Something on our side is slow just now. Your phone is fine. Try again in a minute."),
        again=True,
    ),
    "left": Notice(
        mark("You are not on the list"),
        mark("Your address is not kept here, and no mail goes to it."),
    ),
    "privacy": Notice(
        mark("What we count"),
        mark("We count that a label was scanned, not who scanned it. Here is all of it."),
        template="shopper/privacy.html",
    ),
}


class PageRenderer:
    """Turns a product's page into bytes. `origin` is the configured one: no address comes from a request."""

    def __init__(
        self,
        environment: Environment,
        translator: Translates,
        origin: str,
        style: str,
        script: str = "",
        kind_styles: Mapping[str, str] = EMPTY,
        kind_scripts: Mapping[str, str] = EMPTY,
    ) -> None:
        self._environment = environment
        self._translator = translator
        self._origin = origin
        self._style = style
        self._script = script
        self._kind_styles = kind_styles
        self._kind_scripts = kind_scripts
        self.without: frozenset[str] = frozenset()  # kinds of blocks that cannot work here: left out

    def render_pages(
        self, product: Product, content: PageContent, media: Mapping[str, Media], extras: Mapping[str, object] = EMPTY
    ) -> list[RenderedPage]:
        """The page in every language it is written in. `extras`: what the store adds, by block."""
        return [self.render_page(product, content, tag, media, extras) for tag in content.languages]

    def render_page(
        self,
        product: Product,
        content: PageContent,
        language: str,
        media: Mapping[str, Media],
        extras: Mapping[str, object] = EMPTY,
        *,
        preview: bool = False,
        writer: str = "",
    ) -> RenderedPage:
        """The page in one language. A preview shows what is there so far, and is never shared or counted.

        With `writer`, the language of whoever writes the page, a preview says in it what is still lacking.
        """
        views = self._list_views(content, language, media, extras, writer)
        links = Links(language, preview=preview)
        values = self._describe_head(product, content, language, media, views) | {
            "slug": "" if preview else product.slug,
            "preview": preview,
            "go": links.go,
            "lack": partial(self._say_lack, tag=writer or language),
            "label": partial(self._translator.translate, tag=writer or language),
            "writer": get_language(writer or language),
        }
        return self._render(
            "shopper/page.html",
            f"product:{product.id}",
            language,
            content.languages or (language,),
            product.colour,
            values,
            not preview,
            dict.fromkeys(view.type for view in views),
            links.targets,
            views,
            _find_hero(views).media or media.get(product.photo),
        )

    def _list_views(
        self,
        content: PageContent,
        language: str,
        media: Mapping[str, Media],
        extras: Mapping[str, object],
        writer: str,
    ) -> list[BlockView]:
        """The blocks with what the store adds; without those that cannot work here."""
        views = list_views(content, language, media, unfinished=bool(writer))
        return [
            view if view.type == UNFINISHED else replace(bind_view(view), extra=extras.get(view.id))
            for view in views
            if view.type not in self.without
        ]

    def _say_lack(self, lack: Lack, tag: str) -> str:
        """What a block that is not shown yet needs."""
        needs = tuple(self._translator.translate(label, tag) for label in lack.needs)
        return self._translator.translate(mark("Not shown yet. It needs: {needs}."), tag, needs=needs)

    def _describe_head(
        self,
        product: Product,
        content: PageContent,
        language: str,
        media: Mapping[str, Media],
        views: Sequence[BlockView],
    ) -> dict[str, object]:
        """What the page's template asks for: the headline's parts, and the blocks below it."""
        hero, buy = _find_hero(views), next((view for view in views if view.type == "buy"), None)
        title, title_language = _choose_title(product, content, language)
        photo, claim = hero.media or media.get(product.photo), hero.values.get("claim", "")
        return {
            "product": product,
            "hero": hero,
            "blocks": [view for view in views if view is not buy and view.type != "hero"],
            "chips": [view for view in views if view.heading and get_block_type(view.type).jump],
            "buy": buy,
            "title": title,
            "title_language": title_language,
            "claim": claim,
            "initial": next((sign for sign in title if sign.isalnum()), "•").upper(),
            "photo": photo,
            "page_url": partial(_make_page_url, self._origin, product.slug),
            "facts_json": self._describe(product, title, str(claim), photo, views),
        }

    def render_answer(
        self, product: Product, content: PageContent, language: str, template: str, values: Mapping[str, object]
    ) -> RenderedPage:
        """What a shopper gets after sending a form of the page: in the page's looks, a way back on it."""
        title, title_language = _choose_title(product, content, language)
        named: dict[str, object] = {"product": product, "title": title, "title_language": title_language, "slug": ""}
        key, kinds = f"answer:{product.id}", [template.partition("/")[2].partition("-")[0].removesuffix(".html")]
        return self._render(
            template, key, language, content.languages, product.colour, named | dict(values), False, kinds
        )

    def render_notice(
        self, kind: str, language: str, product: Product | None = None, content: PageContent | None = None
    ) -> RenderedPage:
        """A notice in one language; with a product it leads to the product's page."""
        notice = NOTICES[kind]
        text = partial(self._translator.translate, tag=language)
        title = (content.get_title(language) if content else "") or (product.name if product else "")
        key = f"notice:{kind}:{product.id}" if product else f"notice:{kind}"
        values = {
            "notice": Notice(text(notice.heading), text(notice.text), notice.template, notice.again),
            "product": product,
            "title": title,
        }
        colour = product.colour if product else HOUSE_COLOUR
        return self._render(notice.template, key, language, tuple(LANGUAGES), colour, values, False)

    def render_notices(self) -> list[RenderedPage]:
        """Every notice in every language of the site."""
        return [self.render_notice(kind, tag) for kind in NOTICES for tag in LANGUAGES]

    def _render(
        self,
        template: str,
        key: str,
        tag: str,
        languages: Sequence[str],
        colour: str,
        values: Mapping[str, object],
        script: bool,
        kinds: Iterable[str] = (),
        links: Mapping[str, str] = EMPTY,
        views: Sequence[BlockView] = (),
        photo: Media | None = None,
    ) -> RenderedPage:
        light, dark = make_palettes(colour)
        sheets = [self._kind_styles.get(kind, "") for kind in _add_form(kinds)]
        own = [make_focus_style(views), make_ratio_style(photo), make_digit_style(tag)]
        style = make_style("".join([self._style, *sheets, *own]), colour)
        html = self._environment.get_template(template).render(
            _=lambda message, **values: bind_units(self._translator.translate(message, tag, **values)),
            ngettext=partial(self._translator.ngettext, tag=tag),
            language=get_language(tag),
            languages=[LANGUAGES[other] for other in languages],
            light=light,
            dark=dark,
            style=Markup(style),  # noqa: S704 (our own style sheet and computed colours)
            scripts=self._list_scripts(kinds) if script else [],
            icon=ICON,
            origin=self._origin,
            markdown=render_markdown,
            picture_url=make_picture_url,
            srcset=make_srcset,
            get_host=get_host,
            **values,
        )
        html = squeeze_html(html)
        taps = list_taps(html, links, {view.id: view.type for view in views})
        return RenderedPage(key, tag, html.encode(), make_policy(style, list_sources(views)), dict(links), taps)

    def _list_scripts(self, kinds: Iterable[str]) -> list[str]:
        """The page's script and those of the kinds of blocks on it."""
        named = [self._script, *(self._kind_scripts.get(kind, "") for kind in kinds)]
        return [address for address in named if address]

    def _describe(
        self, product: Product, title: str, claim: str, photo: Media | None, views: Sequence[BlockView]
    ) -> Markup:
        """The product as schema.org data for search engines; `<` is escaped so that no text can end the element."""
        facts: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "Product",
            "name": title,
            "url": _make_page_url(self._origin, product.slug),
        }
        if product.brand:
            facts["brand"] = {"@type": "Brand", "name": product.brand}
        if product.gtin:
            facts["gtin"] = product.gtin
        if claim:
            facts["description"] = claim
        if photo:
            facts["image"] = self._origin + make_picture_url(photo, 720, "jpg")
        facts |= describe_rating(views)
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 (escaped for a data block)


def make_renderer(root: Path, translator: Translates, origin: str, keep_days: int = 396) -> PageRenderer:
    """A renderer over the templates and style sheet of the checkout at `root`."""
    environment = Environment(
        loader=FileSystemLoader(root / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style = (root / "static/css/shopper.css").read_text(encoding="utf-8")
    environment.globals.update(block_words.HELPERS, **block_views.HELPERS, **block_files.HELPERS, keep_days=keep_days)
    kinds = {path.stem: squeeze_css(path.read_text("utf-8")) for path in (root / "static/css/blocks").glob("*.css")}
    script = make_script_url(root, "js/shopper.js")
    scripts = list_kind_scripts(root)
    return PageRenderer(environment, translator, origin, squeeze_css(style), script, kinds, scripts)


def list_pictures(product: Product, content: PageContent) -> set[str]:
    """The ids of every picture the page may show."""
    return {product.photo, *list_references(content, "image")} - {""}


def _add_form(kinds: Iterable[str]) -> list[str]:
    """The kinds, after the style that forms have in common where one of them has a form."""
    named = list(kinds)
    return ["form", *named] if FORMS.intersection(named) else named


def _find_hero(views: Sequence[BlockView]) -> BlockView:
    return next((view for view in views if view.type == "hero"), BlockView("top", "hero", {}, None))


def _choose_title(product: Product, content: PageContent, tag: str) -> tuple[str, Language | None]:
    """The headline, and its language where it had to be borrowed from another."""
    title = content.get_title(tag)
    if title:
        return title, None
    if content.languages:
        other = content.languages[0]
        return content.get_title(other), LANGUAGES[other]
    return product.name, None


def _make_page_url(origin: str, slug: str, tag: str = "") -> str:
    return f"{origin}/p/{slug}" + (f"?lang={tag}" if tag else "")


def make_picture_url(media: Media, wanted: int, extension: str) -> str:
    """The address of a picture in the size nearest above `wanted` pixels."""
    return "/m/" + make_file_name(media.id, media.choose_width(wanted), extension)


def make_srcset(media: Media, extension: str) -> str:
    """All sizes of a picture in one format, for the browser to choose from."""
    return ", ".join(f"/m/{make_file_name(media.id, width, extension)} {width}w" for width in media.widths)


def get_host(url: str) -> str:
    """The site an address leads to, as people know it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def render_markdown(text: Value, level: int = 3) -> Markup:
    """Marketers' Markdown as safe HTML: no tags of theirs, no pictures, http(s) links only; headings from `level`."""
    tokens = _MARKDOWN.parse(str(text or ""))
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    top = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{level + (int(token.tag[1]) > top)}"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="noopener nofollow",
    )
    return Markup(safe)  # noqa: S704 (cleaned just above)
