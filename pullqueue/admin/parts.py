"""What the forms of push and pull strategies share: criteria over all lead types, and recipients of one kind each."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.admin import TabularInline

from leads.admin.base import Archiving, WithoutDeletePopups
from leads.admin.forms import WrittenJSONField
from leads.admin.widgets import CriteriaWidget
from leads.domain.criteria_check import check
from leads.domain.criteria_fields import FieldSpec
from leads.models import LeadField
from leads.services.facts import field_specs

CRITERIA_HELP = "Which leads it takes. Empty takes every lead; a lead without a field that is asked for does not match."


def known_fields() -> Mapping[str, FieldSpec]:
    """What criteria may name: the fields of every lead type, since a strategy is of no type in particular."""
    return field_specs(LeadField.objects.order_by("lead_type", "position", "pk"))


def fields_named(tree: Any) -> Iterator[str]:
    """The fields that a tree of criteria asks for."""
    if isinstance(tree, dict):
        for part in tree.values():
            yield from fields_named(part)
    elif isinstance(tree, list):
        if tree and isinstance(tree[0], str):
            yield tree[0]
        else:
            for part in tree:
                yield from fields_named(part)


class StrategyForm(forms.ModelForm):
    criteria = WrittenJSONField(widget=CriteriaWidget(), help_text=CRITERIA_HELP)

    def clean_criteria(self) -> Any:
        criteria = self.cleaned_data["criteria"]
        if criteria is not None:
            for problem in check(criteria, known_fields()):
                self.add_error("criteria", f"{problem.path}: {problem.message}" if problem.path else problem.message)
        return criteria


class RecipientForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if sum(cleaned.get(name) is not None for name in ("user", "group", "branch")) != 1 and not cleaned.get("DELETE"):
            self.add_error(None, "Choose one in each row: a user, a group or a branch.")
        return cleaned


class RecipientInline(WithoutDeletePopups, TabularInline):
    show_title = False
    form = RecipientForm
    extra = 0
    autocomplete_fields = ["user", "group", "branch"]
    verbose_name = "recipient"
    verbose_name_plural = "Recipients: users, groups or branches"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "group", "branch")


class KeptAdmin(Archiving):
    """Archived, never deleted: what was decided by it stays readable."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
