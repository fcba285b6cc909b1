from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget

from clients.enums import AccountStatus
from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.admin.caps import WithCaps, caps_told, compact
from distribution.domain.settings import NO_VALUES
from distribution.mail_rates import mail_report
from distribution.services.versions import ImpossibleSettings, change_values, live_version, settings_of
from leads.admin.base import ArchivedFilter
from leads.admin.history import Historied
from leads.clock import database_now
from leads.menu import Place
from leads.words import figure, money, pill, when

VALUES = ("priority", "weight", "percentage")


class ClientForm(forms.ModelForm):
    """A client with what it is given; those values stand in the settings version, like all that decides."""

    priority = forms.IntegerField(
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="For the automation priority: the lowest is served first, negatives before 0",
    )
    weight = forms.DecimalField(
        required=False,
        min_value=0,
        decimal_places=6,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="For weighted: its part of all weights",
    )
    percentage = forms.DecimalField(
        required=False,
        min_value=0,
        decimal_places=6,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="For percentage: relative to the total",
    )

    class Meta:
        model = Client
        fields = "__all__"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            given = settings_of(live_version()).values.get(self.instance.pk, NO_VALUES)
            for name in VALUES:
                self.initial.setdefault(name, getattr(given, name))

    @property
    def changes_values(self) -> bool:
        return any(name in self.changed_data for name in VALUES)


def link_to(row: DeliveryAccount | DeliveryMethod) -> SafeString | str:
    """A link to the page of an inline's row; nothing for the empty row that the framework keeps as a pattern."""
    if not row.pk:
        return ""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:clients_{row._meta.model_name}_change", args=[row.pk]), row.name)


class AccountInline(TabularInline):
    """The client's accounts, each leading to its own page."""

    model = DeliveryAccount
    show_title = False
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ["page", "lead_type", "state", "price_word", "priority", "why"]
    verbose_name_plural = "Delivery accounts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryAccount]:
        return super().get_queryset(request).filter(archived_at=None).select_related("lead_type", "client")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Account")
    def page(self, row: DeliveryAccount) -> SafeString | str:
        return link_to(row)

    @display(description="State")
    def state(self, row: DeliveryAccount) -> SafeString:
        return pill(row.status, row.get_status_display())

    @display(description="Price")
    def price_word(self, row: DeliveryAccount) -> str:
        return money(row.price)

    @display(description="Today")
    def why(self, row: DeliveryAccount) -> SafeString | str:
        return "" if row.pk is None else format_html('<a href="{}">Why?</a>', reverse("admin:account_why", args=[row.pk]))


class MethodInline(TabularInline):
    model = DeliveryMethod
    show_title = False
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ["page", "kind", "state", "tested"]
    verbose_name_plural = "Delivery methods"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryMethod]:
        return super().get_queryset(request).filter(archived_at=None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Method")
    def page(self, row: DeliveryMethod) -> SafeString | str:
        return link_to(row)

    @display(description="State")
    def state(self, row: DeliveryMethod) -> SafeString:
        return pill("enabled", "Enabled") if row.is_enabled else pill("off", "Switched off")

    @display(description="Tested")
    def tested(self, row: DeliveryMethod) -> SafeString | str:
        return when(row.tested_at) if row.tested_at else "never"


@admin.register(Client)
class ClientAdmin(WithCaps, Historied):
    menu = Place("Clients", "Clients", 10)
    found_by_number = True
    empty_title = "A client is a company that buys leads"
    empty_text = "It has delivery accounts, each with a price, criteria, hours and caps, and delivery methods by which its leads travel."
    form = ClientForm
    list_display = ["name", "open_accounts", "method_total", "time_zone", "cap_word", "state"]
    list_filter = ["status", ArchivedFilter]
    search_fields = ["name", "contact_email"]
    ordering = ["name"]
    inlines = [AccountInline, MethodInline]
    change_form_outer_before_template = "distribution/client_top.html"
    fieldsets = [
        (None, {"fields": ["name", ("status", "time_zone"), ("contact_email", "zip")]}),
        (
            "What it is given",
            {
                "fields": [VALUES],
                "description": "Each counts for the automation of its name only. A change is a new version of the distribution settings.",
            },
        ),
        (
            "Most leads and money",
            {
                "fields": [("cap_hour", "cap_day", "cap_week"), ("cap_month", "cap_total"), ("budget_day", "budget_month")],
                "description": "Over all its accounts, in calendar windows of its zone. Empty is no limit, 0 is nothing.",
            },
        ),
        ("How it buys", {"fields": ["account_automation", "tier_delivery", "duplicate_hours"]}),
        (
            "Place",
            {"fields": [("latitude", "longitude")], "classes": ["collapse"], "description": "For nearest first; empty uses the ZIP."},
        ),
        ("Notes", {"fields": ["notes"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        is_open = Q(accounts__status=AccountStatus.OPEN, accounts__archived_at=None)
        counted = {
            "open_count": Count("accounts", filter=is_open, distinct=True),
            "method_count": Count("methods", filter=Q(methods__archived_at=None), distinct=True),
        }
        return super().get_queryset(request).annotate(**counted)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        client = context.get("original")
        if client is not None:
            now = database_now()
            context |= {"caps": caps_told(client, now=now), "mails": mail_report(client, now=now)}
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        super().save_model(request, obj, form, change)
        if form.changes_values:
            given: dict[str, Any] = {name: form.cleaned_data[name] for name in VALUES}
            try:
                change_values(client=obj, by=request.user, now=database_now(), **given)
            except ImpossibleSettings as problem:
                self.message_user(request, f"The values were not changed: {problem}", level="error")

    def history_hint(self, row: Client) -> SafeString:
        return format_html(
            'Priority, weight and percentage stand in the <a href="{}">versions of the settings</a>.',
            reverse("admin:distribution_settings_versions"),
        )

    @display(description="Open accounts", ordering="open_count")
    def open_accounts(self, row: Any) -> SafeString:
        return figure(row.open_count)

    @display(description="Methods", ordering="method_count")
    def method_total(self, row: Any) -> SafeString:
        return figure(row.method_count)

    @display(description="Tightest cap")
    def cap_word(self, row: Any) -> SafeString:
        return compact(row.tightest_cap)

    @display(description="State", ordering="status")
    def state(self, row: Client) -> SafeString:
        return pill("archived", "Archived") if row.is_archived else pill(row.status, row.get_status_display())
