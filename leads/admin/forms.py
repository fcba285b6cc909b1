"""Form fields with more than one user: JSON that is written by hand, with errors that name the place."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from unfold.widgets import UnfoldAdminTextareaWidget


class CodeWidget(UnfoldAdminTextareaWidget):
    """A text area for what a program reads."""

    def __init__(self, rows: int = 8) -> None:
        super().__init__(attrs={"rows": rows, "class": "code", "spellcheck": "false"})


WIDEST = 88


def written(value: Any, depth: int = 0) -> str:
    """Write JSON as people would: what fits a line stands on one."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + 2 * depth <= WIDEST or not value or not isinstance(value, dict | list):
        return short
    inner = "  " * (depth + 1)
    if isinstance(value, list):
        parts, ends = [written(part, depth + 1) for part in value], "[]"
    else:
        parts, ends = [f"{json.dumps(key, ensure_ascii=False)}: {written(part, depth + 1)}" for key, part in value.items()], "{}"
    return f"{ends[0]}\n{inner}{f',\n{inner}'.join(parts)}\n{'  ' * depth}{ends[1]}"


class WrittenJSONField(forms.JSONField):
    """JSON in a text area. `empty` is what an empty one means; `problems` returns sentences, each with its place."""

    default_error_messages = {"invalid": "This is not JSON. Check quotes, commas and brackets."}

    def __init__(self, *, empty: Callable[[], Any] = lambda: None, rows: int = 8, **options: Any) -> None:
        super().__init__(required=False, **({"widget": CodeWidget(rows)} | options))
        self.empty = empty

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, InvalidJSONInput) or value is None:
            return value
        return written(value)

    def to_python(self, value: Any) -> Any:
        try:
            read = super().to_python(value)
        except ValidationError:
            raise ValidationError(_where_json_breaks(value), code="invalid") from None
        return self.empty() if read is None else read


def _where_json_breaks(value: Any) -> str:
    try:
        json.loads(value)
    except json.JSONDecodeError as error:
        return f"This is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}."
    return "This is not JSON."


def refuse(problems: Iterable[tuple[str, str]]) -> None:
    """Raise all problems of one field at once, each as "place: sentence"."""
    told = [f"{place}: {sentence}" if place else sentence for place, sentence in problems]
    if told:
        raise ValidationError(told)
