import re
from typing import Any

import re2
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leads.admin.base import ArchivedFilter, Archiving
from leads.admin.forms import WrittenJSONField, refuse
from leads.domain.criteria_fields import STANDARD
from leads.menu import Place
from leads.models import LeadField, LeadType
from leads.words import figure, pill

NAME = re.compile("[a-z][a-z0-9_]*")


class LeadTypeForm(forms.ModelForm):
    duplicate_sets = WrittenJSONField(
        empty=list,
        rows=3,
        label="Duplicate when equal in",
        help_text='Sets of fields; a duplicate agrees in all fields of any one set: [["phone"], ["email"]]. Empty looks for no duplicates.',
    )

    class Meta:
        model = LeadType
        fields = "__all__"

    def clean_duplicate_sets(self) -> Any:
        sets = self.cleaned_data["duplicate_sets"]
        if not isinstance(sets, list) or not all(isinstance(one, list) and one for one in sets):
            refuse([("", 'Write a list of lists of field names, such as [["phone"], ["email"]].')])
        own = set(self.instance.fields.values_list("name", flat=True)) if self.instance.pk else set()
        unknown = sorted({str(name) for one in sets for name in one if name not in STANDARD and name not in own})
        refuse(("", f"There is no field “{name}”.") for name in unknown)
        return sets


class LeadFieldForm(forms.ModelForm):
    class Meta:
        model = LeadField
        fields = "__all__"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["choices"].widget = UnfoldAdminTextInputWidget(attrs={"placeholder": "one, two"})
        for name in ("minimum", "maximum"):
            bound = self.initial.get(name)
            if bound is not None:
                self.initial[name] = f"{bound.normalize():f}"

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not NAME.fullmatch(name):
            raise ValidationError("Use lower-case letters, digits and underscores, beginning with a letter.")
        return name

    def clean_pattern(self) -> str:
        pattern = str(self.cleaned_data["pattern"])
        try:
            re2.compile(pattern)
        except re2.error:
            raise ValidationError("This is no pattern that can be run. Back-references and look-arounds are not supported.") from None
        return pattern


class LeadFieldInline(TabularInline):
    model = LeadField
    form = LeadFieldForm
    show_title = False
    extra = 0
    fields = ["position", "name", "label", "kind", "is_required", "choices", "minimum", "maximum", "pattern"]
    ordering_field = "position"
    hide_ordering_field = True


@admin.register(LeadType)
class LeadTypeAdmin(Archiving):
    menu = Place("Settings", "Lead types", 20)
    empty_title = "A lead type is a kind of lead, such as auto insurance"
    empty_text = "It says which fields its leads have, besides name, phone, e-mail and address, and what makes a duplicate."
    form = LeadTypeForm
    inlines = [LeadFieldInline]
    list_display = ["name", "own_fields", "campaigns", "look_back", "state"]
    list_filter = [ArchivedFilter]
    search_fields = ["name"]
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name"]}),
        (
            "Duplicates",
            {
                "fields": ["duplicate_sets", "duplicate_hours", "duplicate_against"],
                "description": "A duplicate is kept, answered and sold to nobody.",
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadType]:
        counted = {"field_count": Count("fields", distinct=True), "campaign_count": Count("campaigns", distinct=True)}
        return super().get_queryset(request).annotate(**counted)

    @display(description="Own fields", ordering="field_count")
    def own_fields(self, row: Any) -> SafeString:
        return figure(row.field_count)

    @display(description="Campaigns", ordering="campaign_count")
    def campaigns(self, row: Any) -> SafeString:
        return figure(row.campaign_count)

    @display(description="Look-back", ordering="duplicate_hours")
    def look_back(self, row: LeadType) -> str:
        return f"{row.duplicate_hours} h" if row.duplicate_hours else "no duplicates"

    @display(description="State")
    def state(self, row: LeadType) -> SafeString:
        return pill("archived", "Archived") if row.is_archived else pill("active", "In use")
