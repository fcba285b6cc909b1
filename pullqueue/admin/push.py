from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display

from leads.admin.base import ArchivedFilter
from leads.menu import Place
from leads.words import figure, pill
from pullqueue.admin.parts import KeptAdmin, RecipientInline, StrategyForm
from pullqueue.models import PushRecipient, PushStrategy


class PushRecipientInline(RecipientInline):
    model = PushRecipient
    fields = ["position", "user", "group", "branch", "percent"]


@admin.register(PushStrategy)
class PushStrategyAdmin(KeptAdmin):
    menu = Place("Sales floor", "Push strategies", 30)
    empty_title = "A push strategy hands a lead to somebody at once"
    empty_text = "The first whose criteria match and which finds a recipient takes the lead. Nobody available: the next one is asked."
    form = StrategyForm
    list_display = ["name", "order_word", "method", "from_branch", "state"]
    list_filter = ["is_on", "method", ArchivedFilter]
    list_select_related = ["from_branch"]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    autocomplete_fields = ["from_branch"]
    inlines = [PushRecipientInline]
    fieldsets = [
        (None, {"fields": ["name", ("position", "is_on"), "from_branch", "criteria"]}),
        ("Who is next", {"fields": [("method", "share_reset"), "active_within_minutes", ("limit_hour", "limit_day", "limit_open")]}),
        ("Then", {"fields": ["calling_hours", ("notify_app", "notify_email"), ("unworked_minutes", "takes_back")]}),
    ]

    @display(description="Order", ordering="position")
    def order_word(self, row: Any) -> SafeString:
        return figure(row.position)

    @display(description="State", ordering="is_on")
    def state(self, row: PushStrategy) -> SafeString:
        if row.archived_at:
            return pill("archived", "Archived")
        return pill("active", "On") if row.is_on else pill("off", "Off")
