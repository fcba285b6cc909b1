from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from leads.admin.base import ArchivedFilter, Archiving
from leads.menu import Place
from leads.models import Source
from leads.words import figure, pill, when


@admin.register(Source)
class SourceAdmin(Archiving):
    menu = Place("Settings", "Sources", 30)
    empty_title = "A source is where leads come from"
    empty_text = "A vendor, a site of your own, a partner. Its campaigns hold what leads cost and the keys to post them with."
    list_display = ["name", "campaign_total", "since", "state"]
    list_filter = [ArchivedFilter]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).annotate(campaign_count=Count("campaigns"))

    @display(description="Campaigns", ordering="campaign_count")
    def campaign_total(self, row: Any) -> SafeString:
        return figure(row.campaign_count)

    @display(description="Since", ordering="created")
    def since(self, row: Source) -> SafeString | str:
        return when(row.created)

    @display(description="State")
    def state(self, row: Source) -> SafeString:
        return pill("archived", "Archived") if row.is_archived else pill("active", "In use")
