"""Forms that cannot work are named before anybody sees them."""

from __future__ import annotations

import pytest

from shelftalk.catalog.form_rules import list_form_gaps
from tests.web.offers import make_page

SURVEY = {
    "heading": "Tell us",
    "rows": [
        {"question": "Hot or cold?", "kind": "one", "answers": "Hot\nCold", "required": ""},
        {"question": "Why?", "kind": "text", "answers": "", "required": ""},
    ],
}


def test_a_survey_asks_the_same_in_every_language() -> None:
    other = {"heading": "Опрос", "rows": [SURVEY["rows"][0] | {"answers": "Горячим"}, SURVEY["rows"][1]]}  # type: ignore[operator]
    assert list_form_gaps(make_page("survey", {"en": SURVEY, "ru": SURVEY}), sends_mail=True) == []
    (gap,) = list_form_gaps(make_page("survey", {"en": SURVEY, "ru": other}), sends_mail=True)
    assert (gap.language, gap.field) == ("ru", "rows")


def test_a_survey_has_two_to_five_questions() -> None:
    for count in (1, 6):
        page = make_page("survey", {"en": SURVEY | {"rows": [SURVEY["rows"][1]] * count}})  # type: ignore[operator]
        (gap,) = list_form_gaps(page, sends_mail=True)
        assert gap.values["count"] == count


@pytest.mark.parametrize(
    ("kind", "shared", "field"),
    [
        ("signup", {}, "consent"),
        ("coupon", {"from": "2026-12-01", "until": "2026-11-01"}, "until"),
        ("warranty", {"serial": "no"}, "serial"),
    ],
)
def test_what_cannot_work_is_said(kind: str, shared: dict[str, str], field: str) -> None:
    page = make_page(kind, {"en": {"heading": "x", "consent": "x", "offer": "x"}}, shared)
    assert [gap.field for gap in list_form_gaps(page, sends_mail=False)] == [field]


def test_a_coupon_whose_pool_never_had_a_code_is_named() -> None:
    page = make_page("coupon", {"en": {"heading": "x", "offer": "x"}})
    assert [gap.field for gap in list_form_gaps(page, sends_mail=True, codeless=["b1"])] == ["common"]


def test_what_works_is_left_alone() -> None:
    for kind, shared in (("signup", {}), ("coupon", {"until": "2026-11-01"}), ("warranty", {"lot": "optional"})):
        page = make_page(kind, {"en": {"heading": "x", "consent": "x", "offer": "x"}}, shared)
        assert list_form_gaps(page, sends_mail=True) == []
