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
def as_request(kept: Any) -> str:
    """Show a kept request as it went over the line: first line, headers, body."""
    if not isinstance(kept, dict) or not kept:
        return "Nothing was written."
    first = f"{kept.get('verb', '')} {kept.get('url', '')}".strip()
    headers = [f"{name}: {value}" for name, value in (kept.get("headers") or {}).items()]
    known = {"verb", "url", "headers", "body"}
    rest = [f"{name}: {value}" for name, value in kept.items() if name not in known and value not in (None, "", [])]
    body = kept.get("body")
    return "\n".join([*filter(None, [first]), *headers, *rest, *(["", str(body)] if body else [])])


@register.filter
def figured(number: int) -> str:
    """Write a count with its commas."""
    return f"{number:,}"


@register.filter
def say_verdict(code: str) -> str:
    """Write a code of an outcome as a word: "not_sent" is "Not sent"."""
    return code.replace("_", " ").capitalize()
