"""Deliveries: a list, and one page that tells everything of an offer. Nothing here is written by hand."""

import re
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from distribution.admin.reports.counted import CountedFilter
from distribution.admin.story.delivery import delivery_page
from distribution.models import Delivery
from leads.admin.base import ReadOnly, ScopedAdmin
from leads.clock import database_now
from leads.menu import Place
from leads.words import figure, money, pill, when

NUMBER = re.compile(r"d-?(\d{1,18})", re.IGNORECASE)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ScopedAdmin):
    menu = Place("Leads", "Deliveries", 20)
    found_by_number = True
    empty_title = "A delivery is one offer of a lead to a client"
    empty_text = "It begins when a place is reserved and ends with the client's answer. They appear as soon as leads are distributed."
    list_display = ["spoken_word", "lead_word", "account_word", "price_word", "tries", "began", "outcome"]
    list_display_links = ["spoken_word"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("client", AutocompleteSelectFilter),
        ("account", AutocompleteSelectFilter),
        "created",
        CountedFilter,
    ]
    list_select_related = ["lead", "client", "account"]
    search_fields = ["number"]
    search_help_text = "D-10482, L-10482 or a client's reference"
    ordering = ["-created", "-id"]
    sortable_by = ["price_word", "began", "outcome"]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Find by what people say on the phone: our number, the lead's, the client's reference, or an id."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if found := NUMBER.fullmatch(term):
            return queryset.filter(number=found[1]), False
        if found := re.fullmatch(r"l-?(\d{1,18})", term, re.IGNORECASE):
            return queryset.filter(lead__number=found[1]), False
        if is_uuid(term):
            return queryset.filter(pk=term), False
        return queryset.filter(client_reference=term), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_or_404(request, object_id)
        context = self.admin_site.each_context(request) | {"original": row, "opts": self.opts, "title": row.spoken, "subtitle": None}
        told = delivery_page(row.pk, request.user, now=database_now())
        return TemplateResponse(request, "distribution/delivery.html", context | told | (extra_context or {}))

    def search_title(self, row: Delivery) -> str:
        return row.spoken

    @display(description="Delivery", ordering="number")
    def spoken_word(self, row: Delivery) -> str:
        return row.spoken

    @display(description="Lead", header=True)
    def lead_word(self, row: Delivery) -> list[str]:
        return [row.lead.name or "no name", row.lead.spoken]

    @display(description="Client and account", header=True)
    def account_word(self, row: Delivery) -> list[str]:
        return [row.client.name, row.account.name]

    @display(description="Price", ordering="price")
    def price_word(self, row: Delivery) -> SafeString:
        return figure(money(row.price))

    @display(description="Attempts")
    def tries(self, row: Delivery) -> SafeString:
        return figure(row.attempts_made)

    @display(description="Offered", ordering="created")
    def began(self, row: Delivery) -> SafeString | str:
        return when(row.created)

    @display(description="Outcome", ordering="state")
    def outcome(self, row: Delivery) -> SafeString:
        return pill(row.state, row.get_state_display())


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
