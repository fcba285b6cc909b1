"""Text as it is kept: trimmed, composed (NFC), and free of what a database or a header could not hold."""

import re
from collections.abc import Callable
from decimal import Decimal
from unicodedata import normalize

type Reader = Callable[[object], object]
"""Turns a submitted value into the typed one, or raises Refused."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DEEPEST = 16
LONGEST_INTEGER = 1024
"""Bits; Python refuses to write out much longer ones."""


class Refused(ValueError):
    """A value that is not taken: a stable code, and a sentence with the remedy that never repeats the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def is_blank(value: object) -> bool:
    """Whether a sender left the field out: null, blank text, an empty list."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], {})


def is_storable(value: object, depth: int = 0) -> bool:
    """Whether PostgreSQL can keep the value as JSON: no NUL, no lone surrogate, no number without an end, not too deep."""
    if isinstance(value, str):
        return (value.isascii() and "\x00" not in value) or not _UNSTORABLE.search(value)
    if isinstance(value, float):
        return value - value == 0
    if isinstance(value, dict):
        return depth < DEEPEST and all(is_storable(key) and is_storable(part, depth + 1) for key, part in value.items())
    if isinstance(value, list | tuple):
        return depth < DEEPEST and all(is_storable(part, depth + 1) for part in value)
    return True


def as_text(value: object, longest: int, *, lines: bool = False) -> str:
    """The value as trimmed text of at most `longest` characters; line breaks only where `lines` says so."""
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise Refused("wrong_type", "Send text, not true or false, a list or an object.")
        if isinstance(value, int) and value.bit_length() > LONGEST_INTEGER:
            raise Refused("too_long", f"Send at most {longest} characters.")
        value = str(value)
    text = value.strip()
    if not (text.isascii() and text.isprintable()):
        if (_CONTROL_BUT_LINES if lines else _CONTROL).search(text):
            raise Refused("bad_character", "Take line breaks and control characters out.")
        text = normalize("NFC", text)
    if len(text) > longest:
        raise Refused("too_long", f"Send at most {longest} characters.")
    return text


def text_reader(longest: int, *, lines: bool = False) -> Reader:
    return lambda value: as_text(value, longest, lines=lines)
