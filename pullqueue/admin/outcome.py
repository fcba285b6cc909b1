from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from leads.admin.base import ArchivedFilter
from leads.menu import Place
from leads.words import figure, pill
from pullqueue.admin.parts import KeptAdmin
from pullqueue.enums import Then
from pullqueue.models import Disposition, Group


class DispositionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        goes = cleaned.get("transfer_user") or cleaned.get("transfer_branch")
        if goes and cleaned.get("then") != Then.TRANSFER:
            self.add_error("then", "Only a transfer names to whom. Choose To somebody else, or empty the two fields.")
        if cleaned.get("transfer_user") and cleaned.get("transfer_branch"):
            self.add_error("transfer_branch", "Name a user or a branch, not both.")
        return cleaned


@admin.register(Disposition)
class DispositionAdmin(KeptAdmin):
    menu = Place("Sales floor", "Outcomes", 40)
    empty_title = "Outcomes are what a rep picks after a call"
    empty_text = "Each has a key and says what follows: back to the queue, a callback, the rep's own lead, won, lost and so on."
    form = DispositionForm
    list_display = ["name", "key", "then", "contact", "back", "state"]
    list_filter = ["then", ArchivedFilter]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    autocomplete_fields = ["transfer_user", "transfer_branch"]
    fieldsets = [
        (None, {"fields": ["name", ("key", "position"), ("contacted", "counts_as_attempt"), "then"]}),
        ("Back to the queue", {"fields": ["cool_down_minutes", "gives_back_pull_count"]}),
        ("Callback", {"fields": ["is_personal", "missed_minutes"]}),
        ("To somebody else", {"fields": ["transfer_user", "transfer_branch", "distributes_after_transfer"]}),
    ]

    @display(description="Contacted", ordering="contacted")
    def contact(self, row: Any) -> str:
        return "Yes" if row.contacted else "No"

    @display(description="Cool-down", ordering="cool_down_minutes")
    def back(self, row: Any) -> SafeString:
        return figure("–" if row.cool_down_minutes is None else f"{row.cool_down_minutes} min")

    @display(description="State")
    def state(self, row: Any) -> SafeString:
        return pill("archived", "Archived") if row.archived_at else pill("active", "In use")


@admin.register(Group)
class GroupAdmin(KeptAdmin):
    menu = Place("Settings", "Groups", 55)
    empty_title = "A group is a named set of people"
    empty_text = "Push and pull strategies name groups as recipients."
    list_display = ["name", "people", "state"]
    list_filter = [ArchivedFilter]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "members"]
    autocomplete_fields = ["members"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).annotate(member_count=Count("members"))

    @display(description="People")
    def people(self, row: Any) -> SafeString:
        return figure(row.member_count)

    @display(description="State")
    def state(self, row: Any) -> SafeString:
        return pill("archived", "Archived") if row.archived_at else pill("active", "In use")
