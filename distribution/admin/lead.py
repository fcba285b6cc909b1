"""Leads: the list, the page that tells a lead's whole story, and the form for a new one."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from distribution.admin.lead_many import ManyLeads
from distribution.admin.lead_page import LeadPage
from distribution.admin.newlead import NewLeadPage
from distribution.admin.reports.counted import CountedFilter
from distribution.admin.story.page import lead_pill
from distribution.enums import DeliveryState
from distribution.models import Delivery
from leads.admin.base import ReadOnly
from leads.menu import Place
from leads.models import Lead
from leads.search import search
from leads.viewer import person_of
from leads.words import figure, money, phone, when


class TestFilter(SimpleListFilter):
    """Test leads are out of sight until they are asked for: they count nowhere."""

    title = "test leads"
    parameter_name = "tests"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("only", "Only tests"), ("all", "With tests")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        if self.value() == "all":
            return queryset
        return queryset.filter(is_test=self.value() == "only")


@admin.register(Lead)
class LeadAdmin(ManyLeads, LeadPage, NewLeadPage, ReadOnly):
    menu = Place("Leads", "Leads", 10)
    found_by_number = True
    empty_title = "A lead is a person who may be sold or called"
    empty_text = "Sources post them with a campaign's key, or you enter one by hand."
    list_display = ["person", "reach", "campaign_word", "sold_word", "received", "outcome_pill"]
    list_display_links = ["person"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        ("lead_type", RelatedDropdownFilter),
        ("campaign", AutocompleteSelectFilter),
        "received_at",
        TestFilter,
        CountedFilter,
    ]
    list_select_related = ["campaign__source", "lead_type"]
    search_fields = ["last_name"]
    search_help_text = "Name, phone, e-mail (or how they begin), L-10482 or an id"
    ordering = ["-received_at", "-id"]
    sortable_by = ["received"]
    list_before_template = "leads/export_link.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        rows = super().get_queryset(request)
        if not request.user.has_perm("distribution.view_money"):
            return rows
        sold = (
            Delivery.objects.filter(lead=OuterRef("pk"), state=DeliveryState.ACCEPTED).order_by().values("lead").annotate(sum=Sum("price"))
        )
        return rows.annotate(sold_for=Subquery(sold.values("sum"), output_field=DecimalField()))

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown = list(super().get_list_display(request))
        return shown if request.user.has_perm("distribution.view_money") else [name for name in shown if name != "sold_word"]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        return search(queryset, search_term, of_few=not person_of(request).sees_all_leads), False

    def say_why_empty(self, request: HttpRequest) -> str:
        if person_of(request).branch_id is None:
            return self.empty_text
        return "You see the leads of your branch. None is placed there now: leads come to branches by push strategies, by transfer, or when somebody assigns them."

    def search_title(self, row: Lead) -> str:
        return f"{row.name or 'no name'}, {row.spoken}"

    @display(description="Person", ordering="last_name", header=True)
    def person(self, row: Lead) -> list[str]:
        return [row.name or "no name", row.spoken]

    @display(description="Phone and e-mail", header=True)
    def reach(self, row: Lead) -> list[str]:
        return [phone(row.phone) or "–", row.email]

    @display(description="Campaign", header=True)
    def campaign_word(self, row: Lead) -> list[str]:
        return [row.campaign.name, row.lead_type.name]

    @display(description="Sold for")
    def sold_word(self, row: Any) -> SafeString:
        return figure(money(row.sold_for))

    @display(description="Received", ordering="received_at")
    def received(self, row: Lead) -> SafeString | str:
        return when(row.received_at)

    @display(description="State")
    def outcome_pill(self, row: Lead) -> SafeString:
        return lead_pill(row)
