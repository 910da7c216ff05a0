"""What the documents say is so: every setting and command is in the README, and nothing there is made up."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from shelftalk.web.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def read_settings_names() -> set[str]:
    tree = ast.parse((ROOT / "packaging/shelftalk/config.py").read_text("utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    gets = (call for call in calls if call.func.attr == "get")  # type: ignore[attr-defined]
    return {call.args[0].value for call in gets if isinstance(call.args[0], ast.Constant)}  # type: ignore[misc]


def test_every_setting_is_documented() -> None:
    names = read_settings_names()
    assert len(names) >= 7
    assert {name for name in names if f"`{name}`" not in README} == set()


def test_every_documented_setting_exists() -> None:
    table = README.split("## Settings")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    assert documented == read_settings_names()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_is_documented_with_its_options(command) -> None:  # type: ignore[no-untyped-def]
    lines = [line for line in README.splitlines() if f"flask {command.name}" in line]
    assert lines, f"`flask {command.name}` is not in the README"
    documented = set(re.findall(r"--[a-z][a-z-]*", " ".join(lines)))
    known = {option for param in command.params for option in param.opts if option.startswith("--")}
    assert documented <= known
    assert {option for p in command.params if p.required for option in p.opts if option.startswith("--")} <= documented


def test_the_links_inside_the_repository_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`make ([a-z]+)`", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
