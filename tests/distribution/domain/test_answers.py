"""What a client's answer means, and what is read from it."""

from decimal import Decimal
from typing import Any

import pytest

from distribution.domain.answer_rules import check_rules
from distribution.domain.answers import Rule, judge, say
from distribution.domain.paths import Document, is_path
from distribution.domain.retry import Outcome

ACCEPT = {"when": {"path": "$.status", "equals": "ok"}, "means": "accepted", "price": "$.price", "reference": "$.id"}
DUPLICATE = {"when": {"path": "$.status", "contains": "dup"}, "means": "duplicate", "reason": "$.why"}
REFUSE = {"when": {"status": [200, 201], "pattern": r"\brejected\b"}, "means": "rejected"}


def rules(*written: dict[str, Any]) -> list[Rule]:
    assert check_rules(list(written)) == ()
    return [Rule.from_json(one) for one in written]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((200, 201, 202, 204, 206, 299), Outcome.ACCEPTED),
        ((408, 425, 429, 503), Outcome.NOT_TAKEN),
        ((300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 405, 410, 415), Outcome.CONFIG_ERROR),
        ((400, 402, 407, 409, 418, 421, 422, 451, 499), Outcome.REJECTED),
        ((500, 501, 502, 504, 505, 511, 599), Outcome.IN_DOUBT),
        ((100, 199, 600, 999), Outcome.IN_DOUBT),
    ],
)
def test_what_a_status_means_where_the_method_has_no_rules(statuses: tuple[int, ...], expected: Outcome) -> None:
    assert {status: judge(status, "", []).outcome for status in statuses} == dict.fromkeys(statuses, expected)


def test_a_server_error_is_not_taken_where_the_method_says_so_and_success_stays_success() -> None:
    assert judge(500, "", [], server_error=Outcome.NOT_TAKEN).outcome is Outcome.NOT_TAKEN
    assert judge(200, "", [], server_error=Outcome.NOT_TAKEN).outcome is Outcome.ACCEPTED


def test_the_first_rule_that_matches_decides_and_reads() -> None:
    found = judge(200, '{"status": "OK", "price": "$12.5", "id": 778}', rules(ACCEPT, DUPLICATE))
    assert (found.outcome, found.price, found.reference) == (Outcome.ACCEPTED, Decimal("12.50"), "778")
    assert found.rule == "Accepted when $.status is “ok”"


def test_both_accepted_and_rejected_in_one_answer_the_order_of_the_rules_decides() -> None:
    body = '{"status": "ok", "note": "rejected"}'
    assert judge(200, body, rules(ACCEPT, REFUSE)).outcome is Outcome.ACCEPTED
    assert judge(200, body, rules(REFUSE, ACCEPT)).outcome is Outcome.REJECTED


def test_a_duplicate_is_a_refusal_with_its_reason() -> None:
    found = judge(409, '{"status": "Duplicated", "why": "had it\\r\\nsince May"}', rules(ACCEPT, DUPLICATE))
    assert (found.outcome, found.is_duplicate, found.reason) == (Outcome.REJECTED, True, "had it since May")


@pytest.mark.parametrize("body", ["", "<html>Sign in</html>", '{"status": "error"}', "[" * 60_000, "{", '"ok"', "null"])
def test_success_that_no_rule_names_is_in_doubt(body: str) -> None:
    assert judge(200, body, rules(ACCEPT)).outcome is Outcome.IN_DOUBT


def test_a_rule_decides_even_over_a_server_error() -> None:
    assert judge(500, '{"status": "ok"}', rules(ACCEPT)).outcome is Outcome.ACCEPTED
    assert judge(500, '{"status": "no"}', rules(ACCEPT)).outcome is Outcome.IN_DOUBT


@pytest.mark.parametrize("price", ["-1", "many", "NaN", "Infinity", "1e30", ""])
def test_a_price_that_is_none_is_not_read(price: str) -> None:
    assert judge(200, f'{{"status": "ok", "price": "{price}"}}', rules(ACCEPT)).price is None


def test_a_reference_is_cut_and_held_to_one_line() -> None:
    assert judge(200, '{"status": "ok", "id": "' + "x" * 10_000 + '"}', rules(ACCEPT)).reference == "x" * 200


XML = '<r:Response xmlns:r="urn:x"><r:lead id="7"><status> Sold </status></r:lead><r:lead id="8"/></r:Response>'


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{"a": {"b": [{"c": true}]}}', "$.a.b[0].c", "true"),
        ('{"a": {"b": [{"c": 1.50}]}}', "$.a.b[0].c", "1.5"),
        ('{"a": []}', "$.a[0]", None),
        ('{"a": {"0": 1}}', "$.a[0]", None),
        ('{"a": null}', "$.a", None),
        (XML, "/Response/lead/status", "Sold"),
        (XML, "//status", "Sold"),
        (XML, "/Response/lead[2]/@id", "8"),
        (XML, "/Response/lead[3]/@id", None),
        (XML, "/Other/lead", None),
        ('<!DOCTYPE r [<!ENTITY a "x">]><r>&a;</r>', "/r", None),
        ("not xml", "/r", None),
    ],
)
def test_reading_a_value_out_of_an_answer(text: str, path: str, expected: str | None) -> None:
    assert Document(text).read(path) == expected


@pytest.mark.parametrize("path", ["$..a", "$.a[*]", "$.a[?(@.b)]", "//*", "/a[b='c']", "a.b", "", "/a/text()", "$.a[-1]"])
def test_paths_that_search_are_refused(path: str) -> None:
    assert not is_path(path)


@pytest.mark.parametrize(
    ("rule", "place", "code"),
    [
        ({"means": "sold"}, "rules[0].means", "unknown"),
        ({"means": "accepted", "when": {"status": "200"}}, "rules[0].when.status", "not_a_status"),
        ({"means": "accepted", "when": {"status": [True]}}, "rules[0].when.status", "not_a_status"),
        ({"means": "accepted", "when": {"path": "$..x"}}, "rules[0].when.path", "bad_path"),
        ({"means": "accepted", "when": {"pattern": "(?<=x)y"}}, "rules[0].when.pattern", "bad_pattern"),
        ({"means": "accepted", "when": {"equals": ""}}, "rules[0].when.equals", "bad_value"),
        ({"means": "accepted", "when": {"equals": "a", "contains": "b"}}, "rules[0].when", "two_tests"),
        ({"means": "accepted", "when": {"script": "x"}}, "rules[0].when.script", "unknown"),
        ({"means": "accepted", "prize": "$.x"}, "rules[0].prize", "unknown"),
        ({"means": "accepted", "price": "x"}, "rules[0].price", "bad_path"),
        ("accepted", "rules[0]", "not_an_object"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_at_its_place(rule: Any, place: str, code: str) -> None:
    assert [(problem.field, problem.code) for problem in check_rules([rule])] == [(place, code)]


def test_a_pattern_made_to_run_for_ever_ends_at_once() -> None:
    slow = rules({"means": "accepted", "when": {"pattern": "(.*)*x(a+)+$"}})
    assert judge(200, "a" * 65_536, slow).outcome is Outcome.IN_DOUBT


def test_every_rule_can_be_said() -> None:
    assert [
        say(rule) for rule in rules(ACCEPT, DUPLICATE, REFUSE, {"means": "error"}, {"means": "accepted", "when": {"path": "$.id"}})
    ] == [
        "Accepted when $.status is “ok”",
        "Refused as a duplicate when $.status contains “dup”",
        "Refused when the status is 200 or 201 and the answer matches “\\brejected\\b”",
        "Not taken when anything else comes back",
        "Accepted when $.id is there",
    ]
