"""Leads: the list, the page that tells a lead's whole story, and the form for a new one."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RelatedDropdownFilter

from distribution.admin.lead_list.changelist import LeadList
from distribution.admin.lead_list.columns import LeadColumns
from distribution.admin.lead_many import ManyLeads
from distribution.admin.lead_page import LeadPage
from distribution.admin.newlead import NewLeadPage
from distribution.admin.reports.counted import CountedFilter
from leads.admin.base import ReadOnly
from leads.menu import Place
from leads.models import Lead
from leads.search import search
from leads.viewer import person_of


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
class LeadAdmin(LeadColumns, ManyLeads, LeadPage, NewLeadPage, ReadOnly):
    menu = Place("Leads", "Leads", 10)
    found_by_number = True
    empty_title = "A lead is a person who may be sold or called"
    empty_text = "Sources post them with a campaign's key, or you enter one by hand."
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
    search_fields = ["last_name"]
    search_help_text = "Name, phone, e-mail (or how they begin), L-10482 or an id"
    ordering = ["-received_at", "-id"]
    sortable_by = ["received"]
    list_before_template = "leads/list/top.html"

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[LeadList]:
        return LeadList

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        return search(queryset, search_term, of_few=not person_of(request).sees_all_leads), False

    def say_why_empty(self, request: HttpRequest) -> str:
        if person_of(request).branch_id is None:
            return self.empty_text
        return "You see the leads of your branch. None is placed there now: push strategies bring them, and whoever assigns them."

    def search_title(self, row: Lead) -> str:
        return f"{row.name or 'no name'}, {row.spoken}"
