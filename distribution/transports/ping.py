"""What keeps a ping-post method from working: the ping may not say who the person is, the post is a webhook like any other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from clients.enums import BodyKind, HttpVerb
from clients.models import DeliveryMethod
from distribution.domain.answer_rules import check_rules
from distribution.domain.body import check_map
from distribution.domain.problem import Problem
from distribution.transports import webhook
from distribution.transports.addresses import check_address
from distribution.transports.fields import PERSONAL, known_fields, ping_fields
from distribution.transports.template import check_template

WHY = "it tells who the person is, and a ping goes to clients that may not buy the lead. Send it with the post."


def check_config(method: DeliveryMethod) -> tuple[Problem, ...]:
    """Return everything that would keep this method from working, each with its remedy."""
    fields = known_fields(method)
    return (*webhook.check_config(method, fields=fields), *_problems(method, ping_fields(fields)))


def _problems(method: DeliveryMethod, fields: frozenset[str]) -> Iterator[Problem]:
    for place in ("ping_url", "ping_test_url"):
        text = getattr(method, place)
        if (text or place == "ping_url") and (sentence := check_address(text)):
            yield Problem(place, "bad_address", sentence)
    yield from _check_map(method, fields)
    yield from (replace(problem, field=f"ping_{problem.field}") for problem in check_rules(method.ping_rules))
    if isinstance(method.headers, Mapping):
        yield from _check_headers(method.headers, fields)


def _check_map(method: DeliveryMethod, fields: frozenset[str]) -> Iterator[Problem]:
    """Refuse a personal field with its reason, and whatever else is wrong with the map."""
    kind = BodyKind.FORM if method.verb == HttpVerb.GET else method.body_kind
    for problem in check_map(method.ping_field_map, fields=fields | PERSONAL, body_kind=kind):
        yield replace(problem, field=f"ping_{problem.field}")
    for at, line in enumerate(method.ping_field_map if isinstance(method.ping_field_map, list) else ()):
        if isinstance(line, list) and len(line) > 1 and line[1] in PERSONAL:
            yield Problem(f"ping_field_map[{at}]", "personal", f"“{line[1]}” cannot go with a ping: {WHY}")


def _check_headers(headers: Mapping[str, Any], fields: frozenset[str]) -> Iterator[Problem]:
    """The headers go with the ping too."""
    for name, value in headers.items():
        if not isinstance(value, str) or "{" not in value:
            continue
        place = f"headers.{name[:40]}"
        named = sorted(PERSONAL & set(_words(value)))
        if named:
            yield Problem(place, "personal", f"“{named[0]}” cannot stand in a header, which goes with the ping too: {WHY}")
        elif list(check_template(value, place, fields=fields | PERSONAL, kind="header")):
            yield Problem(place, "unknown_field", "A header goes with the ping too, so it can name only what the ping may say.")


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()
