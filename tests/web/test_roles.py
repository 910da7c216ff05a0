"""Who may do what: one line for every endpoint of the staff area, tried as every kind of person."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

# Endpoint -> the lowest role that may use it. A new endpoint without a line here fails the first test.
ROLES = {
    "auth.without_slash": "staff",
    "auth.sign_in": "",
    "auth.sign_in_post": "",
    "auth.sign_out": "",
    "auth.set_up": "",
    "auth.set_up_post": "",
    "auth.switch_language": "",
    "overview.index": "",  # asks strangers to sign in or to set up by itself
    "users.index": "admin",
    "users.new": "admin",
    "users.add": "admin",
    "users.edit": "admin",
    "users.save": "admin",
    "users.reset_password": "admin",
    "users.end_sessions": "admin",
    "users.account": "staff",
    "users.save_account": "staff",
    "users.change_password": "staff",
    "products.index": "staff",
    "products.show": "staff",
    "products.new": "marketer",
    "products.add": "marketer",
    "products.edit": "marketer",
    "products.save": "marketer",
    "products.ask_to_retire": "marketer",
    "products.retire": "marketer",
    "products.restore": "marketer",
    "pages.edit": "staff",
    "pages.preview": "staff",
    "pages.save": "marketer",
    "pages.token": "marketer",
    "pages.new_block": "marketer",
    "pages.preview_draft": "marketer",
    "pages.publish": "marketer",
    "bulk.show": "staff",
    "bulk.begin": "marketer",
    "units.index": "staff",
    "units.show": "staff",
    "units.make": "marketer",
    "units.codes": "marketer",
    "units.workbook": "marketer",
    "units.unusual": "marketer",
    "styles.index": "staff",
    "styles.picture": "staff",
    "styles.show": "staff",
    "styles.versions": "staff",
    "styles.new": "marketer",
    "styles.add": "marketer",
    "styles.save": "marketer",
    "styles.preview": "marketer",
    "styles.retire": "marketer",
    "styles.restore": "marketer",
    "print_jobs.show": "staff",
    "print_jobs.unproven": "marketer",
    "print_jobs.go_on": "marketer",
    "print_jobs.stop": "marketer",
    "gate.show": "staff",
    "gate.ask_again": "marketer",
    "gate.override": "admin",
    "gate.rules": "admin",
    "gate.save_rules": "admin",
    "page_versions.index": "staff",
    "page_versions.compare": "staff",
    "page_versions.show": "staff",
    "page_versions.preview": "staff",
    "page_versions.publish": "marketer",
    "page_versions.take": "marketer",
    "page_templates.choose": "marketer",
    "page_templates.preview": "marketer",
    "page_templates.add": "marketer",
    "page_templates.use": "marketer",
    "page_templates.ask_to_copy": "marketer",
    "page_templates.copy": "marketer",
    "page_templates.index": "marketer",
    "page_templates.rename": "marketer",
    "page_templates.delete": "marketer",
    "page_presence.here": "marketer",
    "page_presence.left": "marketer",
    "page_schedule.index": "staff",
    "page_schedule.add": "marketer",
    "page_schedule.cancel": "marketer",
    "page_schedule.dismiss": "marketer",
    "page_schedule.unpublish": "marketer",
    "media.upload": "marketer",
    "uploads.upload": "marketer",
    "locations.index": "staff",
    "locations.show": "staff",
    "locations.local_time": "staff",
    "locations.new": "marketer",
    "locations.add": "marketer",
    "locations.edit": "marketer",
    "locations.save": "marketer",
    "placements.index": "staff",
    "placements.show": "staff",
    "placements.show_code": "staff",
    "placements.symbol_png": "staff",
    "placements.symbol_svg": "staff",
    "placements.export": "staff",
    "placements.new": "marketer",
    "placements.add": "marketer",
    "placements.edit": "marketer",
    "placements.save": "marketer",
    "placements.places": "marketer",
    "placements.print_ticked": "marketer",
    "placements.restore": "marketer",
    "placements.retire": "marketer",
    "labels.index": "staff",
    "labels.post": "marketer",
    "stocks.index": "staff",
    "stocks.new": "marketer",
    "stocks.add": "marketer",
    "stocks.edit": "staff",
    "stocks.save": "marketer",
    "stocks.retire": "marketer",
    "stocks.restore": "marketer",
    "stocks.picture": "marketer",
    "calibration.index": "staff",
    "calibration.page": "marketer",
    "calibration.new": "marketer",
    "calibration.add": "marketer",
    "calibration.edit": "marketer",
    "calibration.save": "marketer",
    "calibration.drop": "marketer",
    "designs.index": "staff",
    "designs.picture": "staff",
    "designs.new": "marketer",
    "designs.add": "marketer",
    "designs.show": "staff",
    "designs.save": "marketer",
    "designs.preview": "marketer",
    "designs.versions": "staff",
    "designs.rename": "marketer",
    "designs.retire": "marketer",
    "designs.restore": "marketer",
    "designs.export": "staff",
    "designs.take_in": "marketer",
    "runs.index": "staff",
    "runs.show": "staff",
    "runs.pdf": "marketer",
    "label_files.run_file": "marketer",
    "label_files.unproven": "marketer",
    "label_files.send": "marketer",
    "label_file_jobs.show": "marketer",
    "label_file_jobs.begin": "marketer",
    "label_file_jobs.stop": "marketer",
    "label_file_jobs.unproven": "marketer",
    "label_files.label": "staff",
    "label_files.label_file": "marketer",
    "label_files.label_unproven": "marketer",
    "run_ledger.add": "staff",
    "run_ledger.take_back": "staff",
    "run_again.post": "marketer",
    "run_lists.csv_file": "marketer",
    "run_lists.xlsx": "marketer",
    "run_lists.symbols": "marketer",
    "printed_reports.export": "staff",
    "print_queues.unprinted": "staff",
    "print_queues.changed": "staff",
    "reports.index": "staff",
    "reports.list_all": "staff",
    "reports.placement": "staff",
    "reports.list_scans": "staff",
    "reports.export_csv": "staff",
    "reports.export_xlsx": "staff",
    "actions.export_taps": "staff",
    "actions.export_funnel": "staff",
    "actions.export_xlsx": "staff",
    "sample.load": "marketer",
    "sample.remove": "marketer",
    "status.index": "staff",
    "erasures.ask": "admin",
    "erasures.post": "admin",
    "coupons.index": "staff",
    "coupons.show": "staff",
    "coupons.add": "marketer",
    "coupons.empty": "marketer",
    "coupons.export_csv": "marketer",
    "signups.index": "marketer",
    "signups.export_csv": "marketer",
    "signups.delete": "marketer",
    "warranties.index": "marketer",
    "warranties.export_csv": "marketer",
    "warranties.delete": "marketer",
    "surveys.index": "staff",
    "surveys.show": "staff",
    "surveys.export_csv": "staff",
    "surveys.export_xlsx": "staff",
    "reviews.index": "staff",
    "reviews.show": "staff",
    "reviews.export": "staff",
    "reviews.answer": "marketer",
    "reviews.decide": "marketer",
    "reviews.undo": "marketer",
    "reviews.erase": "marketer",
    "questions.index": "staff",
    "questions.export": "staff",
    "questions.show": "marketer",
    "questions.answer": "marketer",
    "questions.decide": "marketer",
}
RANKS = ("", "staff", "marketer", "admin")
VALUES = {"key": "v1", "which": "t999999", "code": "k7m4p29xqd", "dpi": 300}


def list_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]


def open_as(client: FlaskClient, rule: Rule, method: str) -> int:
    adapter = client.application.url_map.bind("localhost")
    values = {name: VALUES.get(name, 999_999) for name in rule.arguments}
    return client.open(adapter.build(rule.endpoint, values, method=method), method=method).status_code


def test_the_table_names_every_endpoint_of_the_staff_area_and_no_other(app: Flask) -> None:
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in list_rules(app)}
    assert {endpoint: getattr(view, "required_role", None) for endpoint, view in views.items()} == ROLES


@pytest.mark.parametrize("person", RANKS)
def test_each_person_may_do_what_the_table_says(
    app: Flask, person: str, request: pytest.FixtureRequest, outsider: FlaskClient
) -> None:
    if not person:
        request.getfixturevalue("admin")  # so that it is not the first set-up
    client: FlaskClient = request.getfixturevalue(person) if person else outsider
    app.config["PROPAGATE_EXCEPTIONS"] = False
    wrong = []
    for rule in list_rules(app):
        needed = ROLES[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if not needed or rule.endpoint in ("sample.load", "users.change_password"):
                continue
            status = open_as(client, rule, method)
            refused = status == (403 if person else 303)
            allowed = RANKS.index(person) >= RANKS.index(needed)
            if refused == allowed and not (allowed and status == 303 and person):
                wrong.append((person, method, rule.rule, status))
            assert status < 500, (method, rule.rule, status)
    assert wrong == []


def test_a_stranger_is_asked_to_sign_in_and_never_told_what_exists(app: Flask, outsider: FlaskClient) -> None:
    for rule in list_rules(app):
        if ROLES[rule.endpoint] and "GET" in (rule.methods or set()):
            adapter = app.url_map.bind("localhost")
            address = adapter.build(rule.endpoint, {name: VALUES.get(name, 999_999) for name in rule.arguments})
            answer = outsider.get(address)
            assert (answer.status_code, answer.location.split("?")[0]) == (303, "/admin/sign-in"), address
