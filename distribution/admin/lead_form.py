"""The fields of a lead as a form: of a new one, and of one that is corrected. Intake judges the values, so a field takes any text."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from leads.domain.criteria_fields import Kind
from leads.domain.lead_types import LeadTypeSpec, TypeField

STANDARD = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Phone",
    "email": "E-mail",
    "address": "Address",
    "city": "City",
    "state": "State",
    "zip": "ZIP",
    "date_of_birth": "Date of birth",
    "external_id": "Their id",
}
"""What the forms ask of every lead; sources may post more."""
TRUTH = {True: "yes", False: "no"}


def standard_field(label: str) -> forms.Field:
    return forms.CharField(label=label, required=False, widget=forms.TextInput({"class": "input"}))


def own_field(wanted: TypeField, now: object = None) -> forms.Field:
    """A field of the lead type; `now` is its value, which stays in sight also when it is none of the choices."""
    label = wanted.label + ("" if wanted.required else " (optional)")
    known = {"yes": "Yes", "no": "No"} if wanted.kind is Kind.BOOLEAN else {choice: choice for choice in wanted.choices}
    if wanted.kind is Kind.MULTIPLE:
        choices = known | {str(one): f"{one} (as sent)" for one in as_list(now) if str(one) not in known}
        return forms.MultipleChoiceField(label=label, required=False, choices=list(choices.items()), widget=forms.CheckboxSelectMultiple)
    if known:
        choices = {"": ""} | known | ({str(now): f"{now} (as sent)"} if now not in (None, "") and str(now) not in known else {})
        return forms.ChoiceField(label=label, required=False, choices=list(choices.items()), widget=forms.Select({"class": "input"}))
    return forms.CharField(label=label, required=False, widget=forms.TextInput({"class": "input"}))


def as_list(value: object) -> list[object]:
    return [*value] if isinstance(value, list | tuple) else [] if value in (None, "") else [value]


def as_shown(value: object) -> Any:
    """How a value stands in the form."""
    if isinstance(value, bool):
        return TRUTH[value]
    return [str(one) for one in value] if isinstance(value, list | tuple) else "" if value is None else str(value)


class LeadValuesForm(forms.Form):
    """Fields of a lead type, filled with what is known of a lead."""

    more: ClassVar[Mapping[str, str]] = {}
    """Standard fields that this form asks for besides the usual ones."""

    def __init__(self, spec: LeadTypeSpec, data: Any = None, *, values: Mapping[str, object] | None = None) -> None:
        shown = {name: as_shown(value) for name, value in (values or {}).items()}
        super().__init__(data, initial=shown)
        for name, label in (STANDARD | dict(self.more)).items():
            self.fields[name] = standard_field(label)
        for wanted in spec.fields:
            if wanted.name not in self.fields:
                self.fields[wanted.name] = own_field(wanted, shown.get(wanted.name))
        self.fields["date_of_birth"].help_text = "Such as 1984-02-03"
