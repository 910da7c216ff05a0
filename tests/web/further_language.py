"""Run as a program on a copy of the project: staff write, publish and print, a shopper reads; prints the pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from flask.testing import FlaskClient

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.config import read_settings
from shelftalk.web.app import create_app
from shelftalk.web.security import hash_password
from shelftalk.web.state import get_state
from tests.support import PASSWORD, add_person, sign_in
from tests.web.shop import add_placement, add_tea
from tests.web.test_page_editor import PAGE, find_block, get_content, load, press

TEXTS = {
    "title": "Té oolong de alta montaña",
    "claim": "Recogido a mano a 1600 metros.",
    "tagline": "",
    "badge": "",
}


def write_page(client: FlaskClient, hero: str, tag: str) -> str:
    """Write the headline in the language through the editor's form, and publish; gives the editor as it was."""
    editor = client.get(PAGE, headers={"Accept-Language": tag}).text
    form = load(client)
    for name, text in TEXTS.items():
        if f"b.{hero}.{tag}.{name}" in form:
            form[f"b.{hero}.{tag}.{name}"] = text
    press(client, form, "publish")
    return editor


def main(root: Path, instance: Path, tag: str, wanted: str) -> None:
    """Print what shoppers and staff with a browser set to `wanted` read."""
    assert Path(sys.modules["shelftalk"].__file__ or "").is_relative_to(root), "the copy runs, not the project"
    app = create_app(root, read_settings(root, {"SHELFTALK_INSTANCE": str(instance), "SHELFTALK_CHECK_LINKS": "off"}))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    state = get_state(app)
    tea = add_tea(state.store)
    state.keeper.refresh(full=True)
    marketer = sign_in(app, add_person(state.store, "marketer", hash_password(PASSWORD)))
    editor = write_page(marketer, find_block(get_content(state.store), "hero"), tag)
    state.keeper.refresh()
    state.shelf.refresh(now=True)
    placement = add_placement(state.store, tea, language=tag)
    state.keeper.refresh()
    state.shelf.refresh(now=True)
    reader = {"Accept-Language": wanted, "User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"}
    stranger = app.test_client()
    shown = {"languages": list(LANGUAGES), "editor": editor}
    addresses = {
        "page": f"/q/{placement.code}",
        "english": f"/q/{placement.code}?lang=en",
        "notice": "/q/23456789bcdf",
        "privacy": "/privacy",
        "sign_in": "/admin/sign-in",
    }
    shown |= {name: stranger.get(address, headers=reader).text for name, address in addresses.items()}
    staff = {"overview": "/admin/", "placements": f"/admin/placements/{placement.id}"}
    shown |= {name: marketer.get(address, headers=reader).text for name, address in staff.items()}
    state.store.close()
    sys.stdout.buffer.write(json.dumps(shown).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
