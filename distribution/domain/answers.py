"""What a client's answer means: its own rules first, then the meaning that HTTP gives the status."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any

import re2

from distribution.domain.paths import Document
from distribution.domain.retry import Outcome

LONGEST_REFERENCE = 200
HIGHEST_PRICE = Decimal(1_000_000)


class Means(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    ERROR = "error"


OUTCOMES: dict[Means, Outcome] = {
    Means.ACCEPTED: Outcome.ACCEPTED,
    Means.REJECTED: Outcome.REJECTED,
    Means.DUPLICATE: Outcome.REJECTED,
    Means.ERROR: Outcome.NOT_TAKEN,
}
"""A duplicate is a refusal; an error is the client's "not taken", so it is tried again."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One response rule. Without any test of the body only the status counts; without a status only the body."""

    means: Means
    statuses: frozenset[int] | None = None
    path: str | None = None
    test: str | None = None
    """`equals`, `contains` or `pattern`; None where the path only has to be there, or nothing of the body is asked."""
    operand: str = ""
    price: str | None = None
    reference: str | None = None
    reason: str | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Rule":
        """Read a rule that `answer_rules.check_rules` found good."""
        when = value.get("when") or {}
        test = next((name for name in TESTS if when.get(name) is not None), None)
        statuses = when.get("status")
        return cls(
            means=Means(value["means"]),
            statuses=frozenset(statuses) if statuses else None,
            path=when.get("path") or None,
            test=test,
            operand=str(when[test]) if test else "",
            price=value.get("price") or None,
            reference=value.get("reference") or None,
            reason=value.get("reason") or None,
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer means, by which rule (in words), and what was read from it."""

    outcome: Outcome
    rule: str = ""
    is_duplicate: bool = False
    price: Decimal | None = None
    bid: Decimal | None = None
    """The price, rounded down to the cent instead of to the nearest."""
    reference: str = ""
    reason: str = ""


@lru_cache(maxsize=1000)
def pattern(text: str) -> Any:
    """Compile a pattern that runs in linear time. Raises `re2.error`."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    return re2.compile(text, options)


TESTS: dict[str, Any] = {
    "equals": lambda value, operand: value.strip().casefold() == operand.strip().casefold(),
    "contains": lambda value, operand: operand.casefold() in value.casefold(),
    "pattern": lambda value, operand: bool(pattern(operand).search(value)),
}


def judge(status: int, text: str, rules: Sequence[Rule], *, server_error: Outcome = Outcome.IN_DOUBT) -> Judgement:
    """Say what an answer means. `server_error` is what the method says of a 5xx that no rule names."""
    document = Document(text)
    for rule in rules:
        if _matches(rule, status, document):
            return _read(rule, document)
    return Judgement(outcome_of_status(status, has_rules=bool(rules), server_error=server_error))


def _matches(rule: Rule, status: int, document: Document) -> bool:
    if rule.statuses is not None and status not in rule.statuses:
        return False
    if rule.path is None and rule.test is None:
        return True
    value = document.read(rule.path)
    if value is None:
        return False
    return rule.test is None or bool(TESTS[rule.test](value, rule.operand))


def _read(rule: Rule, document: Document) -> Judgement:
    found = Judgement(OUTCOMES[rule.means], rule=say(rule), is_duplicate=rule.means is Means.DUPLICATE)
    return replace(
        found,
        price=_money(document.read(rule.price)) if rule.price else None,
        bid=_money(document.read(rule.price), ROUND_DOWN) if rule.price else None,
        reference=_line(document.read(rule.reference)) if rule.reference else "",
        reason=_line(document.read(rule.reason)) if rule.reason else "",
    )


def _money(text: str | None, rounding: str = ROUND_HALF_EVEN) -> Decimal | None:
    """Read a price in dollars; None for a text, a negative number or one out of all bounds."""
    try:
        value = Decimal((text or "").strip().removeprefix("$"))
    except InvalidOperation:
        return None
    return value.quantize(Decimal("0.01"), rounding) if value.is_finite() and 0 <= value <= HIGHEST_PRICE else None


def _line(text: str | None) -> str:
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", text or "").strip()[:LONGEST_REFERENCE]


NOT_NOW = frozenset({408, 425, 429, 503})
MISCONFIGURED = frozenset({401, 403, 404, 405, 410, 415})


def outcome_of_status(status: int, *, has_rules: bool, server_error: Outcome) -> Outcome:
    """Return what a status means by itself (spec: delivery.md, Answers)."""
    if 200 <= status < 300:
        return Outcome.IN_DOUBT if has_rules else Outcome.ACCEPTED
    if status in NOT_NOW:
        return Outcome.NOT_TAKEN
    if 300 <= status < 400 or status in MISCONFIGURED:
        return Outcome.CONFIG_ERROR
    if 400 <= status < 500:
        return Outcome.REJECTED
    return server_error if 500 <= status < 600 else Outcome.IN_DOUBT


def say(rule: Rule) -> str:
    """Say a rule in one sentence."""
    tests = []
    if rule.statuses is not None:
        tests.append("the status is " + " or ".join(str(one) for one in sorted(rule.statuses)))
    subject = rule.path or "the answer"
    if rule.test is not None:
        tests.append(f"{subject} {WORDS[rule.test]} “{rule.operand}”")
    elif rule.path is not None:
        tests.append(f"{subject} is there")
    when = " and ".join(tests) if tests else "anything else comes back"
    return f"{MEANS_WORDS[rule.means]} when {when}"[:LONGEST_REFERENCE]


WORDS = {"equals": "is", "contains": "contains", "pattern": "matches"}
MEANS_WORDS = {
    Means.ACCEPTED: "Accepted",
    Means.REJECTED: "Refused",
    Means.DUPLICATE: "Refused as a duplicate",
    Means.ERROR: "Not taken",
}
