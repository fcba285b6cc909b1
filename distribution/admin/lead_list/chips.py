"""The filters in force, each in words with the address that takes it away."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from leads.enums import LeadOutcome, LeadStatus

WORDS: dict[str, dict[str, str]] = {
    "outcome__exact": {str(value): str(label) for value, label in LeadOutcome.choices},
    "status__exact": {str(value): str(label) for value, label in LeadStatus.choices},
}


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    without: str


def chips_of(shown: Any) -> list[Chip]:
    """Return one chip a filter, the search and the kept filter among them."""
    chips = [Chip("Filter", shown.saved.name, shown.get_query_string(remove=["view", "columns"]))] if shown.saved else []
    if shown.query:
        chips.append(Chip("Search", shown.query, shown.get_query_string(remove=["q"])))
    for spec in shown.filter_specs:
        used = [name for name in spec.expected_parameters() if shown.params.get(name)]
        if used:
            title = str(spec.title)
            chips.append(Chip(title[:1].upper() + title[1:], _said(spec, used, shown), shown.get_query_string(remove=used)))
    return chips


def _said(spec: Any, used: list[str], shown: Any) -> str:
    name, value = used[0], str(shown.params[used[0]])
    if name in WORDS:
        return WORDS[name].get(value, value)
    if "__id__" in name or name.endswith("_id"):
        return _named(spec, value)
    chosen = [one for one in spec.choices(shown) if one.get("selected")]
    return str(chosen[0]["display"]) if chosen and "display" in chosen[0] else ", ".join(str(shown.params[one])[:10] for one in used)


def _named(spec: Any, value: str) -> str:
    try:
        row = spec.field.related_model._default_manager.filter(pk=value).first()
    except (ValueError, ValidationError):
        row = None
    return str(row) if row else value
