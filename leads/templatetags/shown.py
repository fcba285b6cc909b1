"""Filters that show states, times and amounts the same way everywhere: `{% load shown %}`."""

from typing import Any

from django import template

from leads import words

register = template.Library()
register.filter("money", words.money)
register.filter("when", words.when)
register.filter("spoken_phone", words.phone)
register.simple_tag(words.pill, name="pill")


@register.filter
def milliseconds(attempt: Any) -> str:
    """How long something with a start and an end took."""
    taken = (attempt.ended - attempt.started).total_seconds()
    return f"{taken * 1000:.0f} ms" if taken < 10 else f"{taken:.1f} s"


@register.filter
def as_request(kept: Any, payload: Any = None) -> str:
    """Show a kept request as it went over the line: first line, headers, and the body that all attempts share."""
    if not isinstance(kept, dict) or not kept:
        return "Nothing was written."
    first = f"{kept.get('verb', '')} {kept.get('url', '')}".strip()
    headers = [f"{name}: {value}" for name, value in (kept.get("headers") or {}).items()]
    known = {"verb", "url", "headers", "body"}
    rest = [f"{name}: {value}" for name, value in kept.items() if name not in known and value not in (None, "", [])]
    body = kept.get("body") or (payload or {}).get("body")
    return "\n".join([*filter(None, [first]), *headers, *rest, *(["", str(body)] if body else [])])


@register.filter
def say_verdict(code: str) -> str:
    """Write a code of an outcome as a word: "not_sent" is "Not sent"."""
    return code.replace("_", " ").capitalize()
