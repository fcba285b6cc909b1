from datetime import time
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.menu import Place
from leads.words import figure, pill
from pullqueue.models import NoCallDate, StateHours
from pullqueue.queries import closed_dates_end
from pullqueue.shipped import AS_OF, TIMES, shipped_hours

DAYS = {"mon_fri": "Monday to Friday", "sat": "Saturday", "sun": "Sunday"}
RULES = (*TIMES, "closed_on_holidays", "max_attempts_24h", "overrides_federal")


def differs(row: StateHours) -> bool:
    """Whether the rules of a row are other ones than those that came with the product."""
    shipped = shipped_hours().get(row.code)
    return shipped is None or any(getattr(row, name) != shipped[name] for name in RULES)


def said(start: time | None, end: time | None) -> str:
    return f"{start:%-H:%M}–{end:%-H:%M}" if start is not None and end is not None else "Closed"


@admin.register(StateHours)
class StateHoursAdmin(ScopedAdmin):
    """One row a state; none is added or taken away."""

    menu = Place("Settings", "Calling hours", 60)
    empty_title = "When people in each state may be called"
    empty_text = "The rows come with the product."
    list_display = ["name", "week", "saturday", "sunday", "most", "state"]
    list_filter = ["is_edited", "overrides_federal"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    list_per_page = 100
    actions_detail = ["restore_default"]
    readonly_fields = ["name", "sources", "confidence", "read_on"]
    fieldsets = [
        (None, {"fields": ["name", ("mon_fri_start", "mon_fri_end"), ("sat_start", "sat_end"), ("sun_start", "sun_end")]}),
        ("Limits", {"fields": ["closed_on_holidays", "max_attempts_24h", "overrides_federal"]}),
        ("Where this is from", {"fields": ["sources", "read_on", "confidence", "notes"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        days, _, end = db_field.name.rpartition("_")
        if days in DAYS:
            options["label"] = f"{DAYS[days]}, {'from' if end == 'start' else 'to'}"
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: StateHours, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        obj.is_edited = differs(obj)
        super().save_model(request, obj, form, change)
        if "overrides_federal" in form.changed_data:
            word = "Allowed calls outside" if obj.overrides_federal else "Went back inside"
            self.log_change(request, obj, f"{word} the federal hours of 8:00 to 21:00.")

    @action(
        description="Restore default",
        icon="restart_alt",
        permissions=["change"],
        dialog={
            "title": "Restore the hours that came with the product?",
            "description": "Hours, limits and the override of this state become what they were.",
            "form_submit_text": "Restore",
        },
    )
    def restore_default(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.get_or_404(request, object_id)
        shipped = shipped_hours().get(row.code)
        if shipped is None:
            messages.error(request, f"No hours came with the product for {row}.")
            return self.back_to(row)
        for name, value in shipped.items():
            setattr(row, name, value)
        row.save()
        self.log_change(request, row, "Restored the hours that came with the product.")
        messages.success(request, f"The hours of {row} are as they came with the product.")
        return self.back_to(row)

    @display(description="Read on")
    def read_on(self, row: Any) -> str:
        return f"{AS_OF:%-d %B %Y}"

    @display(description="Monday to Friday")
    def week(self, row: Any) -> str:
        return said(row.mon_fri_start, row.mon_fri_end)

    @display(description="Saturday")
    def saturday(self, row: Any) -> str:
        return said(row.sat_start, row.sat_end)

    @display(description="Sunday")
    def sunday(self, row: Any) -> str:
        return said(row.sun_start, row.sun_end)

    @display(description="Attempts in 24 h", ordering="max_attempts_24h")
    def most(self, row: Any) -> SafeString:
        return figure("No limit" if row.max_attempts_24h is None else row.max_attempts_24h)

    @display(description="State", ordering="is_edited")
    def state(self, row: StateHours) -> SafeString:
        if row.overrides_federal:
            return pill("paused", "Federal hours overridden")
        return pill("queued", "Edited") if row.is_edited else pill("", "As shipped")


@admin.register(NoCallDate)
class NoCallDateAdmin(ScopedAdmin):
    menu = Place("Settings", "Closed dates", 61)
    empty_title = "Dates on which nobody is called"
    empty_text = "Holidays of single states, or of all of them. Those that came with the product go to the end of 2030."
    list_display = ["date", "code_word", "holiday", "kind", "is_shipped"]
    list_filter = ["code", "is_shipped"]
    search_fields = ["holiday", "code"]
    ordering = ["date", "code"]
    fields = ["date", "code", "holiday"]
    list_before_template = "pullqueue/dates_end.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"dates_end": closed_dates_end(database_now().date())})

    @display(description="Where", ordering="code")
    def code_word(self, row: Any) -> str:
        return row.code or "Every state"
