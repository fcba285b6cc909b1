"""Fields of the staff API that several kinds of rows have."""

from typing import Any

from django_filters import TypedChoiceFilter
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class Money(serializers.DecimalField):
    """An amount to the cent, as text; null for roles that see no money."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        view = self.context.get("view")
        return super().to_representation(value) if view is not None and view.shows_money() else None


class Named(serializers.Serializer):
    """Another row by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


@extend_schema_field({"type": "string", "pattern": r"^[LD]-\d+$"})
class Spoken(serializers.CharField):
    """The number that people say, such as L-10482."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, source="spoken", **options)


JSON_OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}
JSON_LIST: dict[str, Any] = {"type": "array", "items": {}}


@extend_schema_field(JSON_OBJECT)
class AnyObject(serializers.JSONField):
    """A JSON object of a form that is told elsewhere."""


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class MaybeObject(serializers.JSONField):
    """A JSON object, or null where there is none."""


class MaybeChoice(serializers.ChoiceField):
    """One of a few words, or null where there is none."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) if value else None


@extend_schema_field({"type": "boolean"})
class YesOrNo(TypedChoiceFilter):
    """`true` or `false`; anything else is refused, where a filter for booleans would ignore it."""

    def __init__(self, *names: Any, **options: Any) -> None:
        words = {"choices": [("true", "true"), ("false", "false")], "coerce": "true".__eq__, "empty_value": None}
        super().__init__(*names, **(words | options))
