"""Commands beside the server: what goes wrong in them is not said to nobody."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from shelftalk.web.background import start_command
from shelftalk.web.state import get_state


def run(app: Flask, name: str, *options: str) -> None:
    start_command(get_state(app).settings, name, *options)
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(timeout=120)


def test_what_a_command_complains_of_stands_in_the_servers_log(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    run(app, "label-file", "--run", "12")
    assert "--run 12 --out labels.zpl" in capfd.readouterr().err


def test_a_command_that_goes_well_draws_no_bar_into_the_servers_log(
    app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    run(app, "publish", "--by=Mei")
    said = capfd.readouterr()
    assert (said.out.strip(), said.err.strip()) == ("", "")
