"""The catalogues hold exactly the texts of the sources, and every translation keeps its {places}."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

import pytest

from shelftalk.catalog.languages import DEFAULT, LANGUAGES
from tests.support import ROOT

PLACES = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_catalogues_hold_the_texts_of_the_sources(messages: ModuleType) -> None:
    assert messages.list_stale() == [], "run `make messages`"


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != DEFAULT])
def test_every_translation_keeps_its_places(messages: ModuleType, tag: str) -> None:
    wrong = []
    for message in messages.read_catalog(tag):
        ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        allowed = {place for text in ids for place in PLACES.findall(text)}
        wrong += [text for text in texts if message.id and text and set(PLACES.findall(text)) != allowed]
    assert wrong == []


def test_messages_are_found_in_python_and_templates(messages: ModuleType) -> None:
    texts = {message.id for message in messages.collect()}
    assert "Sign in" in texts
    assert "Shelf talker" in texts
    assert ("{n} person", "{n} people") in texts
    assert any(isinstance(text, str) and text.startswith("“{value}” is not a colour") for text in texts)


def test_collecting_keeps_what_a_header_says_to_shelftalk(messages: ModuleType) -> None:
    whole = messages.format_catalog(messages.make_update(messages.collect(), "ru"))
    text = messages.keep_own_headers(whole, {"Language": "ru", "X-Shelftalk-Name": "Русский язык"}).decode()
    header = text.partition("\n\n")[0]
    assert header.count("Language:") == 1
    assert '"X-Shelftalk-Name: Русский язык\\n"' in header


def test_a_word_that_is_no_language_begins_no_file(messages: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["klingon"]) == 1
    assert "es or pt-BR" in capsys.readouterr().err
