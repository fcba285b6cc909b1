"""Response rules as they are typed: checked with their place, every problem at once."""

from collections.abc import Callable, Iterator
from typing import Any

import re2

from distribution.domain.answers import TESTS, Means, pattern
from distribution.domain.paths import is_path
from distribution.domain.problem import Problem

MOST_RULES = 50
LONGEST_OPERAND = 500
KNOWN = {"when", "means", "price", "reference", "reason"}
KNOWN_WHEN = {"status", "path", *TESTS}


def check_rules(value: Any) -> tuple[Problem, ...]:
    """Return every problem of a list of rules, at places such as `rules[2].when.path`."""
    if not isinstance(value, list):
        return (Problem("rules", "not_a_list", "Response rules are a list: [{when: ..., means: ...}]."),)
    if len(value) > MOST_RULES:
        return (Problem("rules", "too_many", f"At most {MOST_RULES} rules; join some of them."),)
    return tuple(problem for at, rule in enumerate(value) for problem in _check_rule(rule, f"rules[{at}]"))


def _check_rule(rule: Any, place: str) -> Iterator[Problem]:
    if not isinstance(rule, dict):
        yield Problem(place, "not_an_object", "A rule is an object with `when` and `means`.")
        return
    for name in sorted(rule.keys() - KNOWN):
        yield Problem(f"{place}.{name}", "unknown", f"A rule has no “{name}”; it has {', '.join(sorted(KNOWN))}.")
    if rule.get("means") not in list(Means):
        yield Problem(f"{place}.means", "unknown", f"Choose what it means: {', '.join(Means)}.")
    for name in ("price", "reference", "reason"):
        if rule.get(name):
            yield from _check_path(rule[name], f"{place}.{name}")
    when = rule.get("when") or {}
    if isinstance(when, dict):
        yield from _check_when(when, f"{place}.when")
    else:
        yield Problem(f"{place}.when", "not_an_object", "`when` is an object, such as {status: [200]}.")


def _check_when(when: dict[str, Any], place: str) -> Iterator[Problem]:
    for name in sorted(when.keys() - KNOWN_WHEN):
        yield Problem(f"{place}.{name}", "unknown", f"There is no test “{name}”; there are {', '.join(sorted(KNOWN_WHEN))}.")
    if when.get("status"):
        yield from _check_status(when["status"], f"{place}.status")
    if when.get("path"):
        yield from _check_path(when["path"], f"{place}.path")
    tests = [name for name in TESTS if when.get(name) is not None]
    if len(tests) > 1:
        yield Problem(place, "two_tests", f"One test a rule: {' or '.join(tests)}, not both.")
    for name in tests:
        yield from CHECKS.get(name, _check_text)(when[name], f"{place}.{name}")


def _check_status(value: Any, place: str) -> Iterator[Problem]:
    is_good = isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) and 100 <= one <= 999 for one in value)
    if not is_good:
        yield Problem(place, "not_a_status", "List the statuses as numbers, such as [200, 201].")


def _check_path(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not is_path(value):
        yield Problem(place, "bad_path", "Write a path such as $.data.status, $.items[0].id, /response/status or //lead/@id.")


def _check_text(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, str | int | float) or isinstance(value, float) or not 0 < len(str(value)) <= LONGEST_OPERAND:
        yield Problem(place, "bad_value", f"Write the text to look for, of 1 to {LONGEST_OPERAND} characters.")


def _check_pattern(value: Any, place: str) -> Iterator[Problem]:
    problems = list(_check_text(value, place))
    if not problems:
        try:
            pattern(str(value))
        except re2.error:
            problems = [Problem(place, "bad_pattern", "The pattern cannot be read; look-around and back-references do not exist here.")]
    yield from problems


CHECKS: dict[str, Callable[[Any, str], Iterator[Problem]]] = {"pattern": _check_pattern}
