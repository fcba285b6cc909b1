"""Addresses to which no mail goes, because one was reported as spam there; a person lifts that."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from distribution.models import MailPause
from distribution.services.tell_complaints import lift_pause
from leads.admin.base import ReadOnly, ScopedAdmin
from leads.clock import database_now
from leads.menu import Place
from leads.words import pill, when

WHY = (
    "Somebody there reported a lead’s mail as spam. While it is paused no lead is sent to it. Ask the client what happened, and then let "
    "mail go again."
)


@admin.register(MailPause)
class MailPauseAdmin(ReadOnly, ScopedAdmin):
    menu = Place("Clients", "Paused addresses", 40)
    empty_title = "An address to which no mail goes"
    empty_text = (
        "When somebody at a client reports a lead’s mail as spam, mail to that address pauses until you let it go again. None is paused."
    )
    list_display = ["address", "client", "report", "since_word", "state"]
    list_select_related = ["client", "delivery"]
    search_fields = ["address", "client__name"]
    ordering = ["-since", "-id"]
    sortable_by = ["address", "since_word"]
    readonly_fields = ["address", "client", "report", "since_word", "state"]
    fieldsets = [(None, {"fields": readonly_fields, "description": WHY})]
    actions_detail = ["let_mail_go"]

    def has_lift_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("distribution.resume_method")

    @action(
        description="Let mail go again",
        icon="outgoing_mail",
        permissions=["lift"],
        dialog={
            "title": "Let mail go to this address again?",
            "description": "Ask the client first why the mail was reported. Leads sold to it from now on are sent there again.",
            "form_submit_text": "Let mail go again",
        },
    )
    def let_mail_go(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.get_or_404(request, object_id)
        if lift_pause(pause=row, by=request.user, now=database_now()):
            messages.success(request, f"Mail to {row.address} goes out again.")
        else:
            messages.info(request, f"Mail to {row.address} goes out already.")
        return self.back_to(row)

    @display(description="Reported mail")
    def report(self, row: MailPause) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:distribution_delivery_change", args=[row.delivery_id]), row.delivery.spoken
        )

    @display(description="Since", ordering="since")
    def since_word(self, row: MailPause) -> SafeString | str:
        return when(row.since)

    @display(description="State")
    def state(self, row: MailPause) -> SafeString:
        return pill("enabled", "Mail goes again") if row.lifted_at else pill("paused", "Paused")
