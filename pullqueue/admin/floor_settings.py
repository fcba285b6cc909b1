from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from leads.admin.base import ScopedAdmin
from leads.menu import Place
from pullqueue.models import FloorSettings


@admin.register(FloorSettings)
class FloorSettingsAdmin(ScopedAdmin):
    """There is one floor, so its list is its form."""

    menu = Place("Sales floor", "Floor settings", 50)
    fieldsets = [
        ("Pulling", {"fields": ["most_held", "calls_unplaced"]}),
        ("People", {"fields": ["presence_minutes"], "description": "Who was seen within this time counts as active, unless set to away."}),
        ("Callbacks", {"fields": ["missed_callback_minutes"], "description": "An outcome may have its own time, which goes before."}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        row = FloorSettings.objects.order_by("pk").first() or FloorSettings.objects.create()
        return redirect(reverse("admin:pullqueue_floorsettings_change", args=[row.pk]))
