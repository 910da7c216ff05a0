"""One more language is one more file: the project as it is, a Spanish translation beside the others, nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from shelftalk.catalog.language import list_languages, make_language, read_header
from shelftalk.catalog.languages import DEFAULT, LANGUAGES, TRANSLATIONS, choose_language, make_table
from tests.support import ROOT

SPANISH = ROOT / "tests" / "data" / "es" / "messages.po"
PLACES = re.compile(r"\{(\w+)\}")
# Where the texts come from that shoppers may see.
SHOPPERS = ("templates/shopper/", "templates/blocks/", "templates/answers/", "packaging/shelftalk/web/shopper.py")
Shown = dict[str, str]


def copy_project(folder: Path) -> Path:
    """What the server is made of, in another place."""
    folder.mkdir()
    shutil.copytree(ROOT / "packaging", folder / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("templates", "static"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run_copy(root: Path, instance: Path, tag: str, wanted: str) -> Shown:
    """The pages people read there, by name."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SHELFTALK_", "DATABASE_"))}
    environ |= {"PYTHONPATH": f"{root / 'packaging'}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tests.web.further_language", str(root), str(instance), tag, wanted]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return {name: unescape(text) if isinstance(text, str) else text for name, text in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("spanish")
    root = copy_project(folder / "project")
    target = root / "packaging" / "shelftalk" / "translations" / "es"
    target.mkdir()
    shutil.copy(SPANISH, target / "messages.po")
    return run_copy(root, folder / "instance", "es", "es-MX,es;q=0.9,en;q=0.5")


def test_the_language_stands_last_in_every_menu(spanish: Shown) -> None:
    assert spanish["languages"] == [*LANGUAGES, "es"]
    for page in ("notice", "privacy", "overview", "sign_in"):
        assert "Español" in spanish[page], page
    assert "lang=es" in spanish["english"]
    assert 'lang="es"' in spanish["editor"]


def test_a_shopper_from_mexico_reads_the_page_in_spanish(spanish: Shown) -> None:
    page = spanish["page"]
    assert '<html lang="es" dir="ltr"' in page
    assert "<h1>Té oolong de alta montaña</h1>" in page
    assert "Sin cookies y sin seguirte." in page
    assert "Qué contamos" in page
    assert '<meta property="og:locale" content="es">' in page


def test_notices_and_the_privacy_page_are_spanish(spanish: Shown) -> None:
    assert '<html lang="es"' in spanish["notice"]
    assert "No conocemos este código" in spanish["notice"]
    assert "Qué deja un escaneo" in spanish["privacy"]
    assert "396 días" in spanish["privacy"]


def test_staff_find_their_way_in_spanish(spanish: Shown) -> None:
    assert "Iniciar sesión" in spanish["sign_in"]
    for word in ("Resumen", "Productos", "Ubicaciones", "Etiquetas", "Informes", "Cerrar sesión"):
        assert word in spanish["overview"]
    assert '<option value="es"' in spanish["editor"] or 'data-language="es"' in spanish["editor"]


def test_a_label_calls_in_spanish(spanish: Shown) -> None:
    assert "Mira qué lleva y cómo se usa" in spanish["placements"]


def test_every_text_a_shopper_can_see_is_there_in_spanish() -> None:
    with SPANISH.open("rb") as file:
        known = {str(entry.id): entry for entry in read_po(file) if entry.id}
    with (TRANSLATIONS / "fa" / "messages.po").open("rb") as file:
        wanted = [entry for entry in read_po(file) if any(p.startswith(SHOPPERS) for p, _line in entry.locations)]
    assert len(wanted) > 30
    assert [entry.id for entry in wanted if entry.id and str(entry.id) not in known] == []


def test_the_spanish_texts_keep_their_places() -> None:
    with SPANISH.open("rb") as file:
        for entry in read_po(file):
            texts = entry.string if isinstance(entry.string, (tuple, list)) else [entry.string]
            ids = entry.id if isinstance(entry.id, (tuple, list)) else [entry.id]
            allowed = {place for one in ids for place in PLACES.findall(one)}
            assert not entry.id or all(text and set(PLACES.findall(text)) == allowed for text in texts), entry.id


def put(folder: Path, tag: str, header: str = "") -> None:
    (folder / tag).mkdir()
    (folder / tag / "messages.po").write_text(f'msgid ""\nmsgstr ""\n{header}\nmsgid "Save"\nmsgstr ""\n', "utf-8")


def test_the_table_follows_from_the_folders(tmp_path: Path) -> None:
    for tag in ("es", "ar", "fa", "zh-Hant", "pt-BR"):
        put(tmp_path, tag)
    table = make_table(tmp_path)
    assert list(table) == ["en", "zh-Hant", "fa", "ar", "es", "pt-BR"]
    assert [table[tag].name for tag in ("es", "ar", "pt-BR")] == ["Español", "العربية", "Português (Brasil)"]
    assert (table["ar"].direction, table["es"].direction) == ("rtl", "ltr")
    assert choose_language("es-MX", list(table)) == "es"


def test_what_the_header_says_comes_first(tmp_path: Path) -> None:
    put(tmp_path, "es", '"Language: es_MX\\n"\n"X-Shelftalk-Name: Español (México)\\n"\n')
    [language] = list_languages(tmp_path)
    assert (language.tag, language.locale, language.territory) == ("es", "es_MX", "MX")
    assert language.name == "Español (México)"


def test_a_folder_that_names_no_language_is_left_out_loudly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for tag in ("es", "klingonese", "qqx"):
        put(tmp_path, tag)
    (tmp_path / "empty").mkdir()
    assert list(make_table(tmp_path)) == [DEFAULT, "es"]
    assert "klingonese" in caplog.text
    assert "qqx" in caplog.text


@pytest.mark.parametrize(
    ("tag", "digits"), [("fa", "۱۴"), ("bn", "১৪"), ("mr", "१४"), ("my", "၁၄"), ("ru", "14"), ("es", "14")]
)
def test_digits_are_those_the_language_writes(tag: str, digits: str) -> None:
    assert make_language(tag, {}).write_digits("14") == digits


def test_the_five_are_as_they_were() -> None:
    assert [(one.tag, one.locale, one.name, one.direction) for one in list(LANGUAGES.values())[:5]] == [
        ("en", "en", "English", "ltr"),
        ("zh-Hant", "zh_Hant_TW", "繁體中文", "ltr"),
        ("zh-Hans", "zh_Hans_CN", "简体中文", "ltr"),
        ("ru", "ru", "Русский", "ltr"),
        ("fa", "fa", "فارسی", "rtl"),
    ]
    assert read_header(TRANSLATIONS / "ru" / "messages.po")["Language"] == "ru"
