"""What differs between two states of a row, in words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.db.models import ForeignKey, Model
from django.utils.text import capfirst

from leads.admin.forms import written
from leads.domain.criteria_words import told as criteria_told
from leads.domain.hours_words import told as hours_told
from leads.models.fields import MoneyField
from leads.words import money

type Teller = Callable[[Any], str]
"""Writes the value of one field for people; several lines where one does not do."""

NONE = "none"
SHORT = 90
"""What is longer, or has lines, stands in a table of its own, not in the sentence."""
LABELS = {"archived_at": "Archived"}
TELLERS: Mapping[str, Teller] = {
    "archived_at": lambda at: "yes" if at else "no",
    "criteria": lambda tree: "\n".join(criteria_told(tree)) or "every lead",
    "schedule": lambda week: "always open" if week is None else hours_told(week),
    "routes": lambda routes: " › ".join(routes) or NONE,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a long value; `differs` from what stands on the other side."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after. Equal words with different values are a change that is not shown, such as a hidden one."""

    name: str
    label: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        return any("\n" in text or len(text) > SHORT for text in (self.before, self.after))

    @property
    def sentence(self) -> str:
        if self.before == self.after:
            return f"{self.label}: changed, not shown"
        return f"{self.label} changed" if self.is_long else f"{self.label}: {self.before} to {self.after}"

    @property
    def before_lines(self) -> list[Line]:
        return _marked(self.before, self.after)

    @property
    def after_lines(self) -> list[Line]:
        return _marked(self.after, self.before)


def _marked(text: str, other: str) -> list[Line]:
    """The lines of a text; those that the other one lacks are marked."""
    lines, against = text.splitlines() or [""], other.splitlines() or [""]
    blocks = SequenceMatcher(None, lines, against, autojunk=False).get_matching_blocks()
    same = {number for block in blocks for number in range(block.a, block.a + block.size)}
    return [Line(line, number not in same) for number, line in enumerate(lines)]


def label_of(field: Any) -> str:
    return LABELS.get(field.name) or capfirst(str(field.verbose_name))


def value_told(row: Model, field: Any, tellers: Mapping[str, Teller]) -> str:
    """The value of a field for people: a choice by its name, money with its currency, JSON as people would write it."""
    teller = tellers.get(field.name) or TELLERS.get(field.name)
    if teller:
        return teller(field.value_from_object(row))
    if isinstance(field, ForeignKey):
        return _related(row, field)
    value = field.value_from_object(row)
    if value in (None, "", [], {}):
        return NONE
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return money(value) if isinstance(field, MoneyField) else _plain(value)


def _related(row: Model, field: Any) -> str:
    number = getattr(row, field.attname)
    if number is None:
        return NONE
    try:
        return str(getattr(row, field.name))
    except field.related_model.DoesNotExist:
        return f"{capfirst(str(field.related_model._meta.verbose_name))} {number}, deleted"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list) and all(isinstance(one, date) for one in value):
        return ", ".join(f"{day:%-d %b %Y}" for day in sorted(value))
    if isinstance(value, datetime):
        return f"{value:%-d %b %Y %H:%M} UTC"
    if isinstance(value, list):
        return "\n".join(written(one) for one in value)
    return written(value) if isinstance(value, dict) else str(value)


def differences(old: Model, new: Model, fields: Collection[Any], tellers: Mapping[str, Teller]) -> Iterator[Change]:
    """The fields that differ, in the order of the model. Both rows may be of the past."""
    for field in fields:
        if getattr(old, field.attname) != getattr(new, field.attname):
            yield Change(field.name, label_of(field), value_told(old, field, tellers), value_told(new, field, tellers))
