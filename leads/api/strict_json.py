"""JSON read strictly: what two programs might read differently, or a database could not hold, is refused."""

import json
import math
import re
from decimal import Decimal
from typing import Any

from leads.api.problems import Problem

DEEPEST = 8
LONGEST_NUMBER = 40
"""Digits; far more than any phone, amount or id has."""
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def parse(body: bytes) -> Any:
    """Return what the bytes say.

    Raises:
        Problem: 400 `bad_encoding`, `too_deep`, `duplicate_field` or `bad_json`.
    """
    text = decode(body)
    if _is_too_deep(body):
        raise Problem(400, "too_deep", f"Nest at most {DEEPEST} levels.")
    try:
        return _READER.decode(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "bad_json", "The body is no valid JSON. Check commas, quotes and brackets.") from error


def decode(body: bytes) -> str:
    """Return the body as text: UTF-8, with or without its mark."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, "bad_encoding", "The body is not UTF-8. Encode it so.") from error


def _is_too_deep(body: bytes) -> bool:
    """Count brackets outside of strings before anything is built; few brackets cannot be deep."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Problem(400, "bad_json", f"A number has more than {LONGEST_NUMBER} digits. Send it as text.")
    return int(digits)


def _exact(digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER or not math.isfinite(float(digits)):
        raise Problem(400, "bad_json", "A number is too large or too long. Send it as text.")
    return Decimal(digits)


def _no_number(name: str) -> Any:
    raise Problem(400, "bad_json", f"{name} is no JSON number. Send null or leave the field out.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Problem(400, "duplicate_field", "The same field stands twice in one object. Send it once.")
    return made


_READER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_exact, parse_int=_whole, parse_constant=_no_number)
