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
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from leads.admin.base import ArchivedFilter, Archiving
from leads.admin.forms import refuse
from leads.domain.criteria_fields import STANDARD
from leads.enums import FieldKind
from leads.menu import Place
from leads.models import LeadField, LeadType
from leads.words import figure, pill

NAME = re.compile("[a-z][a-z0-9_]*")


class SetsField(forms.CharField):
    """Sets of fields, one a line, the fields of a set joined by a plus; written by their names or by what forms call them."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false", "placeholder": "phone\nemail\nlast_name + zip"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(" + ".join(map(str, one)) for one in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line for line in str(value or "").splitlines() if line.strip()]
        return [list(dict.fromkeys(part.strip() for part in line.split("+") if part.strip())) for line in lines]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


class LeadTypeForm(forms.ModelForm):
    duplicate_sets = SetsField(
        required=False,
        label="Duplicate when equal in",
        help_text="One set of fields a line; a plus joins the fields of a set: last_name + zip. "
        "A duplicate agrees in all fields of any one line. Empty looks for no duplicates.",
    )

    class Meta:
        model = LeadType
        fields = "__all__"

    def clean_duplicate_sets(self) -> Any:
        own = {field.name: field.label for field in self.instance.fields.all()} if self.instance.pk else {}
        names = {field.label.casefold(): name for name, field in STANDARD.items()} | {label.casefold(): name for name, label in own.items()}
        names |= {name.casefold(): name for name in (*STANDARD, *own)}
        sets = self.cleaned_data["duplicate_sets"]
        unknown = sorted({name for one in sets for name in one if name.casefold() not in names})
        refuse(("", f"There is no field “{name}”. Write its name, such as phone, email or zip.") for name in unknown)
        return [[names[name.casefold()] for name in one] for one in sets if one]


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

    def clean(self) -> dict[str, Any]:
        """What does not go with the kind of the field is refused where it stands."""
        cleaned = super().clean() or self.cleaned_data
        kind, choices = cleaned.get("kind"), cleaned.get("choices") or []
        low, high = cleaned.get("minimum"), cleaned.get("maximum")
        if kind in (FieldKind.CHOICE, FieldKind.MULTIPLE) and not choices and "choices" not in self.errors:
            self.add_error("choices", "Write the choices, separated by commas.")
        if len({choice.casefold() for choice in choices}) < len(choices):
            self.add_error("choices", "A choice stands there twice. Capitals make no difference.")
        if low is not None and high is not None and low > high:
            self.add_error("maximum", "The greatest value is below the smallest one.")
        if cleaned.get("pattern") and kind != FieldKind.TEXT:
            self.add_error("pattern", "Only a text can have a pattern. Empty it, or choose the kind Text.")
        return cleaned

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
