"""Form fields with more than one user: JSON that is written by hand, with errors that name the place."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget


class CodeWidget(UnfoldAdminTextareaWidget):
    """A text area for what a program reads."""

    def __init__(self, rows: int = 8) -> None:
        super().__init__(attrs={"rows": rows, "class": "code", "spellcheck": "false"})


class PrettyEncoder(json.JSONEncoder):
    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"indent": 2, "ensure_ascii": False}))


class WrittenJSONField(forms.JSONField):
    """JSON in a text area. `empty` is what an empty one means; `problems` returns sentences, each with its place."""

    default_error_messages = {"invalid": "This is not JSON. Check quotes, commas and brackets."}

    def __init__(self, *, empty: Callable[[], Any] = lambda: None, rows: int = 8, **options: Any) -> None:
        super().__init__(required=False, encoder=PrettyEncoder, widget=CodeWidget(rows), **options)
        self.empty = empty

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
