"""Uploads that nothing names go after thirty days, from the store and the disk; whatever is named stays for good."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.catalog.page import Block, PageContent
from shelftalk.catalog.product import Product
from shelftalk.store import Store, media, pages, uploads
from shelftalk.web.retention import Retainer
from shelftalk.web.state import get_state
from shelftalk.web.upload_sweep import Swept, sweep
from tests.web.shop import add_tea


def upload(client: FlaskClient, colour: str) -> str:
    file = io.BytesIO()
    Image.new("RGB", (90, 60), colour).save(file, "PNG")
    answer = client.post("/admin/media", data={"file": (io.BytesIO(file.getvalue()), f"{colour}.png")})
    return str(answer.get_json()["id"])


def show(store: Store, product: Product, picture: str, *, publish: bool = False) -> None:
    """Put a picture on the draft, alone."""
    with store.write() as db:
        page = pages.get_page(db, product.id)
        block = Block("p1", "image", False, {"image": picture})
        texts = {tag: own | {"p1": {"alt": "A colour"}} for tag, own in page.content.texts.items()}
        content = PageContent((page.content.blocks[0], block), texts)
        pages.save_page(db, product.id, page.revision, content, by="Mei", at=clock.now())
        if publish:
            pages.publish_content(db, product.id, content, by="Mei", at=clock.now())


def run(app: Flask, *, days: int = 0) -> Swept:
    state = get_state(app)
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        return sweep(state.store, (state.media_folder, state.files_folder))


def list_disk(app: Flask) -> set[str]:
    return {path.name[:16] for path in get_state(app).media_folder.iterdir()}


@pytest.fixture
def tea(store: Store) -> Product:
    return add_tea(store)


def test_what_nothing_names_goes_after_thirty_days_and_what_a_version_names_stays(
    app: Flask, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    loose, shown, replaced = upload(marketer, "red"), upload(marketer, "green"), upload(marketer, "blue")
    show(store, tea, replaced, publish=True)
    show(store, tea, shown, publish=True)
    stranger = get_state(app).media_folder / "0123456789abcdef-90.webp"
    stranger.write_bytes(b"of somebody else")
    assert [list(run(app, days=days).dropped) for days in (0, 29)] == [[], []]
    assert loose in list_disk(app)
    done = run(app, days=30)
    assert list(done.dropped) == [loose]
    assert done.freed > 0
    assert list_disk(app) == {shown, replaced, stranger.name[:16]}, "an older version can be restored with its picture"
    with store.read() as db:
        assert {one.id for one in uploads.list_uploads(db)} == {shown, replaced}
    with marketer.get(f"/m/{replaced}-90.webp") as answer:
        assert answer.status_code == 200
    status = marketer.get("/admin/status").get_data(as_text=True)
    assert 'data-figure="swept">1 upload<' in status
    assert 'data-figure="unused">0 uploads<' in status


def test_thirty_days_begin_when_it_was_taken_off_or_uploaded_again(
    app: Flask, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    taken_off, again = upload(marketer, "red"), upload(marketer, "green")
    show(store, tea, taken_off)
    run(app)
    show(store, tea, "")
    assert list(run(app, days=40).dropped) == [again]
    assert upload(marketer, "green") == again
    with store.write() as db:
        media.add_media(db, id=again, name="green.png", width=90, height=60, at=clock.now() + timedelta(days=60))
    assert list(run(app, days=69).dropped) == []
    assert list(run(app, days=70).dropped) == [taken_off]
    assert list(run(app, days=99).dropped) == [again]


def test_a_sweep_cut_short_is_finished_by_the_next(
    app: Flask, marketer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = upload(marketer, "red")
    run(app)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_a, **_k: (_ for _ in ()).throw(OSError("disk")))
        with pytest.raises(OSError, match="disk"):
            run(app, days=31)
    assert loose in list_disk(app)
    run(app, days=32)
    assert loose not in list_disk(app)


def test_it_runs_with_the_daily_deletion_and_by_a_command(app: Flask, store: Store, marketer: FlaskClient) -> None:
    upload(marketer, "red")
    seen: list[Swept] = []
    assert Retainer(store, 396, lambda: seen.append(run(app))).run_when_due()
    assert len(seen[0].since) == 1
    said = app.test_cli_runner().invoke(args=["sweep"])
    assert "0 uploads deleted (0.0 MB); 1 more are unused." in said.output
