"""Settings: what is wrong is named with the variable, quoted, and never taken."""

from __future__ import annotations

import pytest

from shelftalk.config import read_settings
from shelftalk.errors import Invalid
from tests.support import ROOT


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://tea.example", "https://tea.example"),
        ("https://Tea.Example/", "https://tea.example"),
        ("https://tea.example:8443", "https://tea.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_origin_is_a_scheme_and_a_host(given: str, taken: str) -> None:
    assert read_settings(ROOT, {"SHELFTALK_ORIGIN": given}).origin == taken


@pytest.mark.parametrize(
    "given",
    [
        "tea.example",
        "http://tea.example",
        "https://exa mple.com",
        "https://x:abc",
        "https://x:70000",
        "https://tea<script>.example",
        "https://@tea.example",
        "https://user@tea.example",
        "https://tea.example\n",
        "https://tea.example#",
        "https://tea.example?",
        "https://tea.example/shop",
        "https://[::1",
        "https://-tea.example",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_origin_is_never_printed(given: str) -> None:
    with pytest.raises(Invalid, match="SHELFTALK_ORIGIN is"):
        read_settings(ROOT, {"SHELFTALK_ORIGIN": given})


@pytest.mark.parametrize("port", ["0", "65536", "²", "-1", "eight", "9" * 5000])
def test_a_port_is_a_number_in_range(port: str) -> None:
    with pytest.raises(Invalid, match="PORT is"):
        read_settings(ROOT, {"PORT": port})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://somewhere"),
        ("SHELFTALK_TIMEZONE", "Mars/Olympus"),
        ("SCAN_DURABILITY", "maybe"),
    ],
)
def test_a_wrong_setting_names_itself(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=name):
        read_settings(ROOT, {name: value})


def test_a_wrong_database_address_does_not_show_its_password() -> None:
    with pytest.raises(Invalid) as caught:
        read_settings(ROOT, {"DATABASE_URL": "mysql://me:secret@host/shelftalk"})
    assert "secret" not in str(caught.value)


MAIL = {"SHELFTALK_SMTP_URL": "smtp://ada:secret@mail.tea.example:587", "SHELFTALK_MAIL_FROM": "news@tea.example"}


def test_mail_needs_a_server_and_a_sender() -> None:
    assert read_settings(ROOT, MAIL).sends_mail
    assert not read_settings(ROOT, {}).sends_mail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHELFTALK_SMTP_URL", "mail.tea.example:587"),
        ("SHELFTALK_SMTP_URL", "http://mail.tea.example"),
        ("SHELFTALK_SMTP_URL", "smtp://"),
        ("SHELFTALK_SMTP_URL", "smtp://mail.tea.example:abc"),
        ("SHELFTALK_MAIL_FROM", ""),
        ("SHELFTALK_MAIL_FROM", "Tea <news@tea.example>"),
    ],
)
def test_a_wrong_mail_setting_is_named_and_a_password_in_it_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_settings(ROOT, MAIL | {name: value})
    assert raised.value.field == name
    assert "secret" not in str(raised.value)


def test_label_printers_are_names_with_where_they_listen() -> None:
    text = "Back office=192.168.1.40:9100:203, Склад=Till-Printer.local:9100:300 ,V6=[fe80::1]:6101:600,"
    printers = read_settings(ROOT, {"SHELFTALK_LABEL_PRINTERS": text}).label_printers
    assert [(printer.name, printer.host, printer.port, printer.dpi) for printer in printers] == [
        ("Back office", "192.168.1.40", 9100, 203),
        ("Склад", "till-printer.local", 9100, 300),
        ("V6", "fe80::1", 6101, 600),
    ]
    assert read_settings(ROOT, {}).label_printers == ()


@pytest.mark.parametrize(
    "given",
    [
        "192.168.1.40:9100:203",
        "Till=192.168.1.40",
        "Till=192.168.1.40:9100",
        "Till=192.168.1.40:9100:150",
        "Till=192.168.1.40:0:203",
        "Till=192.168.1.40:70000:203",
        "Till=tcp://192.168.1.40:9100:203",
        "Till=a b:9100:203",
        "=192.168.1.40:9100:203",
        "Till=192.168.1.40:9100:203; Door=192.168.1.41:9100:203",
    ],
)
def test_a_printer_that_is_not_said_clearly_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(Invalid, match=r"Back office=192\.168\.1\.40:9100:203"):
        read_settings(ROOT, {"SHELFTALK_LABEL_PRINTERS": given})


def test_two_label_printers_of_one_name_are_refused() -> None:
    text = "Till=10.0.0.1:9100:203,Till=10.0.0.2:9100:203"
    with pytest.raises(Invalid, match="two printers called “Till”"):
        read_settings(ROOT, {"SHELFTALK_LABEL_PRINTERS": text})
