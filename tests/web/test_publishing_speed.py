"""What publishing many pages costs: each page is rendered, compressed and read once. Counted in processor time."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from flask import Flask

from shelftalk import clock
from shelftalk.scans.shelf import RenderedPage
from shelftalk.store import Store, gate, products
from shelftalk.web.bulk import publish_many
from shelftalk.web.ready_pages import KEPT, ReadyPages, Source
from shelftalk.web.shopper import PageRenderer
from shelftalk.web.state import get_state
from tests.many_pages import add_drafts
from tests.tea_page import make_product, read_page

COUNT = 40
LANGUAGES = 5
CPU_S = 0.1  # of a product in five languages; quiet machines take a quarter, and 0.05 are a thousand within 50 s


def test_publishing_takes_little_processor_time_for_each_page(app: Flask) -> None:
    waiting = add_drafts(get_state(app), COUNT)
    begun = time.process_time()
    done = publish_many(get_state(app), waiting, by="Mei")
    taken = (time.process_time() - begun) / COUNT
    assert (done.published, done.refused) == (COUNT, ())
    assert taken <= CPU_S, f"{taken * 1000:.0f} ms a product"


def test_every_page_is_rendered_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    state, rendered = get_state(app), []
    render = PageRenderer.render_page

    def count(self: PageRenderer, *args: object, **more: object) -> RenderedPage:
        page = render(self, *args, **more)  # type: ignore[arg-type]
        rendered.append((page.key, page.language))
        return page

    waiting = add_drafts(state, 3)
    monkeypatch.setattr(PageRenderer, "render_page", count)
    publish_many(state, waiting, by="Mei")
    assert len(rendered) == len(set(rendered)) == 3 * LANGUAGES
    for page in waiting:
        answer = app.test_client().get(f"/p/tea-{page.id}?lang=fa")
        assert answer.status_code == 200
        assert "چای" in answer.get_data(as_text=True)


def test_a_product_changed_after_the_gate_is_rendered_anew(app: Flask, store: Store) -> None:
    state = get_state(app)
    (waiting,) = add_drafts(state, 1)
    publish_many(state, [waiting], by="Mei")
    with store.write() as db:
        product = products.get_product(db, waiting.id)
        products.update_product(
            db, product.id, product.revision, name=product.name, brand="Other Hill", gtin="", photo=product.photo,
            colour=product.colour, at=clock.now(),
        )  # fmt: skip
    state.refresh_shelf()
    assert "Other Hill" in app.test_client().get(f"/p/{product.slug}?lang=en").get_data(as_text=True)
    with store.read() as db:
        assert gate.list_waiting(db) == []


def test_pages_are_given_out_once_and_only_for_what_they_were_rendered_from() -> None:
    ready, pages = ReadyPages(), [RenderedPage("product:7", "en", b"<p>Tea")]
    draft = Source(make_product(status="draft", published_version=None), read_page(), {}, {"b1": [1]})
    live = replace(draft, product=make_product(status="live", published_version=1, revision=2))
    ready.put(draft, pages)
    assert ready.take(live) == pages, "publishing changes no page"
    assert ready.take(live) is None
    changes = (
        replace(live, product=make_product(colour="#ffd400")),
        replace(live, content=replace(live.content, blocks=live.content.blocks[:1])),
        replace(live, extras={"b1": [1, 2]}),
        replace(live, without=frozenset({"signup"})),
    )
    for other in changes:
        ready.put(draft, pages)
        assert ready.take(other) is None


def test_only_a_few_pages_are_kept() -> None:
    ready = ReadyPages()
    sources = [Source(make_product(id=number), read_page(), {}, {}) for number in range(KEPT + 1)]
    for source in sources:
        ready.put(source, [RenderedPage(f"product:{source.product.id}", "en", b"")])
    assert ready.take(sources[0]) is None
    assert ready.take(sources[-1]) is not None
