from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from leads.admin.base import ArchivedFilter, Archiving
from leads.menu import Place
from leads.words import figure, pill
from pullqueue.models import Branch


@admin.register(Branch)
class BranchAdmin(Archiving):
    menu = Place("Settings", "Branches", 50)
    empty_title = "Branches are parts of the company"
    empty_text = "They form a tree. People and leads belong to a branch; its manager sees that branch and those below it."
    list_display = ["name", "parent", "people", "state"]
    list_filter = [ArchivedFilter]
    list_select_related = ["parent"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "parent"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Branch]:
        return super().get_queryset(request).annotate(user_count=Count("users"))

    @display(description="People", ordering="user_count")
    def people(self, row: Any) -> SafeString:
        return figure(row.user_count)

    @display(description="State")
    def state(self, row: Branch) -> SafeString:
        return pill("archived", "Archived") if row.archived_at else pill("active", "In use")
