from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from leads.admin.base import ArchivedFilter, WithoutDeletePopups
from leads.menu import Place
from leads.words import figure, pill, when
from pullqueue.admin.parts import KeptAdmin, RecipientInline, StrategyForm, fields_named, known_fields
from pullqueue.domain.order import MOST_KEYS, sortable
from pullqueue.models import PullRecipient, PullStrategy, PullSwitch
from pullqueue.services.rebuild import changed_strategies

KEYS = tuple(f"order_{number}" for number in range(1, MOST_KEYS + 1))
CLOCK_ALONE = frozenset({"hour", "weekday"})
"""They change all day by themselves: the calling hours are what says when."""


def order_choices() -> Iterator[tuple[str, str]]:
    yield "", "–"
    for key, label in sortable(known_fields()).items():
        yield f"{key} asc", f"{label}: lowest or oldest first"
        yield f"{key} desc", f"{label}: highest or newest first"


class PullForm(StrategyForm):
    order_1 = forms.ChoiceField(label="Order, first by", choices=order_choices, required=False, widget=UnfoldAdminSelectWidget)
    order_2 = forms.ChoiceField(label="then by", choices=order_choices, required=False, widget=UnfoldAdminSelectWidget)
    order_3 = forms.ChoiceField(label="and then by", choices=order_choices, required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, part in zip(KEYS, self.instance.order, strict=False):
            if name in self.fields:
                self.fields[name].initial = " ".join(part)

    def clean_criteria(self) -> Any:
        criteria = super().clean_criteria()
        if found := CLOCK_ALONE.intersection(fields_named(criteria)):
            names = " and ".join(sorted(found))
            self.add_error("criteria", f"A pull strategy cannot ask for {names}, which change all day. Use the calling hours instead.")
        return criteria

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        order = [cleaned[name].rsplit(" ", 1) for name in KEYS if cleaned.get(name)]
        if len({key for key, _ in order}) < len(order):
            self.add_error(KEYS[-1], "Each key orders once. Choose another one, or leave it empty.")
        self.instance.order = order
        return cleaned


class PullRecipientInline(RecipientInline):
    model = PullRecipient
    fields = ["position", "user", "group", "branch"]


class PullSwitchInline(WithoutDeletePopups, TabularInline):
    model = PullSwitch
    show_title = False
    extra = 0
    fields = ["user", "rule", "chosen"]
    autocomplete_fields = ["user"]
    verbose_name_plural = "For one user: always on, always off, or the user's choice"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "strategy")


@admin.register(PullStrategy)
class PullStrategyAdmin(KeptAdmin):
    menu = Place("Sales floor", "Pull strategies", 20)
    empty_title = "A pull strategy is a queue that sales reps pull from"
    empty_text = "It says which leads are in it, in which order, who may pull from it, and when a lead comes back."
    form = PullForm
    list_before_template = "pullqueue/changed.html"
    list_display = ["name", "order_word", "source", "hold_word", "built", "state"]
    list_filter = ["is_on", "source", ArchivedFilter]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    autocomplete_fields = ["branch"]
    inlines = [PullRecipientInline, PullSwitchInline]
    fieldsets = [
        (None, {"fields": ["name", ("position", "is_on"), ("source", "branch"), "criteria"]}),
        ("Order inside", {"fields": [KEYS]}),
        ("When a lead may be pulled", {"fields": ["calling_hours", ("delay_minutes", "cool_down_minutes"), "max_attempts"]}),
        ("Once it is pulled", {"fields": ["hold_minutes", "other_user_next"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = {"changed": len(changed_strategies()), "may_rebuild": self.has_change_permission(request)}
        return super().changelist_view(request, (extra_context or {}) | told)

    @display(description="Order", ordering="position")
    def order_word(self, row: Any) -> SafeString:
        return figure(row.position)

    @display(description="Longest hold", ordering="hold_minutes")
    def hold_word(self, row: Any) -> SafeString:
        return figure(f"{row.hold_minutes} min")

    @display(description="Last rebuilt", ordering="built_at")
    def built(self, row: Any) -> SafeString | str:
        return when(row.built_at)

    @display(description="State", ordering="is_on")
    def state(self, row: PullStrategy) -> SafeString:
        if row.archived_at:
            return pill("archived", "Archived")
        return pill("active", "On") if row.is_on else pill("off", "Off")
