"""Figures for Prometheus: only with the token, in its format, and with the store away."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.config import Settings, read_settings
from shelftalk.errors import Invalid, Unavailable
from shelftalk.scans.timing import Timing
from shelftalk.store import Store, scans
from shelftalk.web.state import get_state
from tests.store.test_store_contract import SpooledScan
from tests.web.shop import add_placement, add_tea

TOKEN = "0123456789abcdef"
PARTS = ("bucket", "sum", "count")
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"\n]*"\})? -?[0-9.e+-]+$')


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token=TOKEN)


def read_figures(client: FlaskClient) -> dict[str, float]:
    lines = client.get("/metrics", headers=BEARER).text.splitlines()
    values = [line for line in lines if not line.startswith("#")]
    assert [line for line in values if not LINE.match(line)] == []
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in values)}


def test_the_figures_are_those_of_the_status_page(app: Flask, store: Store, client: FlaskClient) -> None:
    code = add_placement(store, add_tea(store)).code
    get_state(app).refresh_shelf()
    with store.write() as db:
        scans.add_scans(db, [SpooledScan(code)] * 3 + [SpooledScan(code, scan_class="staff")], "UTC")
    client.get(f"/q/{code}", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"})
    figures = read_figures(client)
    assert figures['shelftalk_scans_total{class="person"}'] == 3
    assert figures['shelftalk_scans_total{class="staff"}'] == 1
    assert figures["shelftalk_spool_depth"] == 1
    assert figures['shelftalk_spool_scans_total{fate="served"}'] == 1
    assert figures["shelftalk_spool_missing"] == 0
    assert figures["shelftalk_store_up"] == 1
    assert figures["shelftalk_shelf_version"] == figures["shelftalk_store_version"] > 0
    get_state(app).ingester.ingest_once()
    assert 0 <= read_figures(client)["shelftalk_ingest_age_seconds"] < 60
    assert read_figures(client)["shelftalk_spool_depth"] == 0


def test_times_of_all_workers_are_told_by_the_one_that_is_asked(app: Flask, client: FlaskClient) -> None:
    parts = get_state(app)
    other, gone = Timing(parts.settings.instance / "timing"), Timing(parts.settings.instance / "timing")
    parts.timing.note(0.0004, "person")
    other.note(0.02, "repeat; reload")
    gone.note(3.0, "refused; unknown code")
    other.tell()
    gone.tell()
    os.close(gone._fd)  # its process has ended
    for _time in range(2):
        figures = read_figures(client)
        assert figures['shelftalk_answer_seconds_bucket{le="0.0005"}'] == 1
        assert figures['shelftalk_answer_seconds_bucket{le="0.025"}'] == 2
        assert figures['shelftalk_answer_seconds_bucket{le="+Inf"}'] == figures["shelftalk_answer_seconds_count"] == 3
        assert figures["shelftalk_answer_seconds_sum"] == pytest.approx(3.0204)
        kinds = [figures[f'shelftalk_answers_total{{class="{kind}"}}'] for kind in ("person", "repeat", "refused")]
        assert kinds == [1, 1, 1]
    assert len(list((parts.settings.instance / "timing").glob("*.times"))) == 2, "the one that has ended is in the sum"


def test_ages_are_told(app: Flask, store: Store, client: FlaskClient) -> None:
    code = add_placement(store, add_tea(store)).code
    get_state(app).refresh_shelf()
    with time_machine.travel(clock.now() - timedelta(minutes=5)):
        client.get(f"/q/{code}", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"})
    figures = read_figures(client)
    assert figures["shelftalk_spool_backlog_age_seconds"] == pytest.approx(300, abs=30)
    assert 0 <= figures["shelftalk_shelf_age_seconds"] < 30
    get_state(app).ingester.ingest_once()
    figures = read_figures(client)
    assert figures["shelftalk_spool_backlog_age_seconds"] == 0
    assert figures["shelftalk_ingest_lag_seconds"] == pytest.approx(300, abs=30)


def test_every_figure_says_its_kind(client: FlaskClient) -> None:
    text = client.get("/metrics", headers=BEARER).text
    told = set(re.findall(r"^# TYPE (\w+) (?:gauge|counter)$", text, re.MULTILINE))
    told |= {f"{name}_{part}" for name in re.findall(r"^# TYPE (\w+) histogram$", text, re.MULTILINE) for part in PARTS}
    assert {re.split(r"[{ ]", line)[0] for line in text.splitlines() if not line.startswith("#")} == told


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_without_the_token_there_is_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/metrics", headers=headers).status_code == 404


class TestWithoutASetToken:
    @pytest.fixture
    def settings(self, settings: Settings) -> Iterator[Settings]:
        yield replace(settings, metrics_token="")

    def test_there_is_nothing_whatever_one_says(self, client: FlaskClient) -> None:
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_store_that_is_away_is_said(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, write: bool) -> None:
        raise Unavailable(f"The database is away ({write}).")

    monkeypatch.setattr(get_state(app).store.engine, "connect", fail)
    figures = read_figures(client)
    assert figures["shelftalk_store_up"] == figures["shelftalk_healthy"] == 0
    assert "shelftalk_store_version" not in figures
    assert "shelftalk_spool_depth" in figures


@pytest.mark.parametrize("token", ["short", "sixteen letters !", "ä" * 20])
def test_a_weak_token_is_refused_at_the_start(tmp_path: Path, token: str) -> None:
    with pytest.raises(Invalid, match="SHELFTALK_METRICS_TOKEN") as caught:
        read_settings(tmp_path, {"SHELFTALK_METRICS_TOKEN": token})
    assert token not in str(caught.value), "secrets are not repeated"


@pytest.mark.parametrize("days", ["0", "-3", "a year", "99999"])
def test_days_to_keep_must_be_a_number_of_days(tmp_path: Path, days: str) -> None:
    with pytest.raises(Invalid, match="SHELFTALK_KEEP_DAYS"):
        read_settings(tmp_path, {"SHELFTALK_KEEP_DAYS": days})
