from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from clients.models import ClientGroup
from leads.admin.base import ScopedAdmin
from leads.menu import Place
from leads.words import figure


@admin.register(ClientGroup)
class ClientGroupAdmin(ScopedAdmin):
    menu = Place("Clients", "Client groups", 40)
    empty_title = "A client group is a named set of clients"
    empty_text = "A campaign that names one sells only to its members."
    list_display = ["name", "members"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "clients"]
    autocomplete_fields = ["clients"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClientGroup]:
        return super().get_queryset(request).annotate(client_count=Count("clients"))

    @display(description="Clients", ordering="client_count")
    def members(self, row: Any) -> SafeString:
        return figure(row.client_count)
