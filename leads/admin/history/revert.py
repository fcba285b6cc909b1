"""Taking a row back to a kept state, by the same form and with the same checks as if a person wrote it all again."""

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from django.forms import ModelForm

from leads.admin.history.books import Entry
from leads.admin.history.telling import Change, differences


def fields_of(entry: Entry, form_class: type[ModelForm]) -> list[Any]:
    """The fields that are taken back: those that are kept and that people may write."""
    return [field for field in entry.book.fields if field.name in form_class.base_fields]


def plan(entry: Entry, now: Model, form_class: type[ModelForm]) -> tuple[Change, ...]:
    """What would differ from how the row is now."""
    return tuple(differences(now, entry.record, fields_of(entry, form_class), entry.book.tellers))


def filled(entry: Entry, now: Model, form_class: type[ModelForm], left_empty: Collection[str]) -> ModelForm:
    """The form as it would be posted with the kept values; what no history keeps stays as it is, what hides itself empty."""
    kept = form_class(instance=now)
    of_then = form_class(instance=entry.record.instance)
    back = {field.name for field in fields_of(entry, form_class)}
    data = {name: (of_then if name in back else kept)[name].value() for name in kept.fields if name not in left_empty}
    return form_class({name: value for name, value in data.items() if value is not None}, instance=now)


def problems_of(form: ModelForm) -> list[tuple[str, str]]:
    """Label and sentence of everything that keeps the old values from being written today."""
    return [
        (str(form[name].label) if name in form.fields else "", str(problem)) for name, found in form.errors.items() for problem in found
    ]
