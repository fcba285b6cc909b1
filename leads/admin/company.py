from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from leads.admin.base import ScopedAdmin
from leads.menu import Place
from leads.models import Company


@admin.register(Company)
class CompanyAdmin(ScopedAdmin):
    """There is one company, so its list is its form."""

    menu = Place("Settings", "Company", 10)
    fieldsets = [
        (None, {"fields": ["name"]}),
        (
            "Time and money",
            {
                "fields": ["time_zone", "currency"],
                "description": "Days of reports begin at midnight of this zone. Amounts that are already written keep their number.",
            },
        ),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(reverse("admin:leads_company_change", args=[Company.current().pk]))
