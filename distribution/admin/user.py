"""People again, with the client that a client user belongs to: only this floor knows both."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from distribution.models import ClientUser
from pullqueue.admin.user import UserAdmin
from pullqueue.enums import Role
from pullqueue.models import User

admin.site.unregister(User)


class SeatInline(TabularInline):
    model = ClientUser
    show_title = False
    extra = 1
    max_num = 1
    autocomplete_fields = ["client"]
    verbose_name_plural = "Client of a client user"


@admin.register(User)
class SeatedUserAdmin(UserAdmin):
    inlines = [SeatInline]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Offer the seat where it means something."""
        return self.inlines if obj is not None and obj.role == Role.CLIENT else []
