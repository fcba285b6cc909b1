from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from distribution.admin.keys import KeyPages
from distribution.domain.automation import SHARED_OUT, Automation, Base
from distribution.models import CampaignSale
from leads.admin.base import ArchivedFilter, WithoutDeletePopups
from leads.admin.history import Historied, Part
from leads.enums import Route
from leads.menu import Place
from leads.models import Campaign, CampaignKey, PostingLink
from leads.words import figure, money, pill, when

NAMES = {
    Automation.PRICE: "Price",
    Automation.PRIORITY: "Priority",
    Automation.ROUND_ROBIN: "Round robin",
    Automation.WEIGHTED: "Weighted",
    Automation.PERCENTAGE: "Percentage",
    Automation.GEOLOCATION: "Geolocation",
    Base.BALANCED: "Balanced",
}


def choices_of(kind: type[Automation] | type[Base]) -> list[tuple[str, str]]:
    return [("", "As the settings say"), *((one.value, NAMES[one]) for one in kind)]


def ordering_told(kind: type[Automation] | type[Base]) -> Callable[[str], str]:
    """Name what a campaign chose, for its history."""
    return lambda value: dict(choices_of(kind)).get(value, value).replace("As the settings", "as the settings")


class SaleForm(forms.ModelForm):
    automation = forms.ChoiceField(choices=choices_of(Automation), required=False, widget=UnfoldAdminSelectWidget)
    secondary = forms.ChoiceField(choices=choices_of(Automation), required=False, widget=UnfoldAdminSelectWidget)
    base_automation = forms.ChoiceField(choices=choices_of(Base), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = CampaignSale
        fields = "__all__"

    def clean_max_deliveries(self) -> int:
        number = int(self.cleaned_data["max_deliveries"])
        if not 1 <= number <= 20:
            raise ValidationError("A lead is sold to 1 to 20 clients.")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        automation, secondary = cleaned.get("automation"), cleaned.get("secondary")
        if automation in {one.value for one in SHARED_OUT} and not secondary:
            self.add_error("secondary", "Weighted and percentage need a secondary automation, for when nobody is due.")
        if automation and automation == secondary:
            self.add_error("secondary", "Choose another one than the automation itself.")
        return cleaned


class SaleInline(WithoutDeletePopups, StackedInline):
    model = CampaignSale
    form = SaleForm
    can_delete = False
    verbose_name_plural = "Selling"
    fields = [("max_deliveries", "time_budget_seconds", "client_group"), ("automation", "secondary", "base_automation")]


class KeyInline(TabularInline):
    """The keys as they are known: never the key itself."""

    model = CampaignKey
    show_title = False
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ["shown", "name", "made", "by", "expires", "state", "revoke"]
    verbose_name_plural = "API keys"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignKey]:
        return super().get_queryset(request).select_related("created_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Key")
    def shown(self, row: CampaignKey) -> SafeString:
        return format_html("<code>{}…{}</code>", row.prefix, row.last4)

    @display(description="Made")
    def made(self, row: CampaignKey) -> SafeString | str:
        return when(row.created)

    @display(description="By")
    def by(self, row: CampaignKey) -> str:
        return str(row.created_by or "–")

    @display(description="Expires")
    def expires(self, row: CampaignKey) -> SafeString | str:
        return when(row.expires_at)

    @display(description="State")
    def state(self, row: CampaignKey) -> SafeString:
        if row.revoked_at:
            return pill("off", "Revoked")
        return pill("off", "Ended") if row.expires_at and row.expires_at <= timezone.now() else pill("usable", "Usable")

    @display(description="")
    def revoke(self, row: CampaignKey) -> SafeString | str:
        if row.pk is None or row.revoked_at:
            return ""
        return format_html('<a href="{}">Revoke</a>', reverse("admin:leads_campaign_revoke_key", args=[row.campaign_id, row.pk]))


class LinkInline(TabularInline):
    """Links to the posting instructions; whoever may see the keys' list may see and copy them."""

    model = PostingLink
    show_title = False
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ["shown", "made", "by", "revoke"]
    verbose_name_plural = "Posting links"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PostingLink]:
        return super().get_queryset(request).select_related("created_by")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("leads.add_campaignkey"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Link")
    def shown(self, row: PostingLink) -> SafeString:
        if row.revoked_at:
            return pill("off", "Revoked")
        address = settings.PUBLIC_URL.rstrip("/") + reverse("posting", args=[row.token])
        return format_html('<a href="{}">{}</a>', address, address)

    @display(description="Made")
    def made(self, row: PostingLink) -> SafeString | str:
        return when(row.created)

    @display(description="By")
    def by(self, row: PostingLink) -> str:
        return str(row.created_by or "–")

    @display(description="")
    def revoke(self, row: PostingLink) -> SafeString | str:
        if row.pk is None or row.revoked_at:
            return ""
        return format_html('<a href="{}">Revoke</a>', reverse("admin:leads_campaign_revoke_link", args=[row.campaign_id, row.pk]))


@admin.register(Campaign)
class CampaignAdmin(KeyPages, Historied):
    menu = Place("Settings", "Campaigns", 35)
    found_by_number = True
    empty_title = "A campaign is one stream of leads"
    empty_text = "It belongs to a source and a lead type, says what a lead costs and how often it is sold, and has the keys to post with."
    list_display = ["title", "lead_type", "cost_word", "sold_to", "routes_word", "state"]
    list_filter = ["status", "lead_type", ArchivedFilter]
    list_select_related = ["source", "lead_type", "sale"]
    search_fields = ["name", "source__name"]
    inlines = [SaleInline, KeyInline, LinkInline]
    actions_detail = ["make_key", "make_link", "archive", "restore"]
    history_parts = {"sale": Part(CampaignSale, "campaign", SaleForm)}
    history_tellers = dict.fromkeys(["automation", "secondary"], ordering_told(Automation)) | {"base_automation": ordering_told(Base)}
    fieldsets = [
        (None, {"fields": ["name", ("source", "lead_type"), ("status", "channel")]}),
        ("Money", {"fields": ["cost", "tells_price"]}),
        (
            "Where its leads go",
            {"fields": ["routes"], "description": "distribute sells to clients, push gives to a person, pull waits in the queue."},
        ),
        ("Duplicates and tests", {"fields": ["duplicate_hours", "is_test", "treats_555_as_test"]}),
        (
            "Most leads",
            {"fields": [("cap_hour", "cap_day", "cap_week"), ("cap_month", "cap_total")], "description": "Beyond them a lead is refused."},
        ),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name == "routes" and field:
            field.widget = UnfoldAdminTextInputWidget()
            field.help_text = f"In this order, separated by commas: {', '.join(Route.values)}"
        return field

    @display(description="Campaign", ordering="name", header=True)
    def title(self, row: Campaign) -> list[str]:
        return [row.name, row.source.name]

    @display(description="Cost", ordering="cost")
    def cost_word(self, row: Campaign) -> SafeString:
        return figure(money(row.cost))

    @display(description="Sold to")
    def sold_to(self, row: Campaign) -> str:
        sale = getattr(row, "sale", None)
        most = sale.max_deliveries if sale else 1
        return "1 client" if most == 1 else f"up to {most} clients"

    @display(description="Routes")
    def routes_word(self, row: Campaign) -> str:
        return " › ".join(row.routes)

    @display(description="State", ordering="status")
    def state(self, row: Campaign) -> SafeString:
        if row.is_archived:
            return pill("archived", "Archived")
        return pill("test", "Test mode") if row.is_test and row.status == "active" else pill(row.status, row.get_status_display())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Every campaign says how it sells, also when nobody touched that part of the form."""
        super().save_related(request, form, formsets, change)
        CampaignSale.objects.get_or_create(campaign=form.instance)

    def get_urls(self) -> list[Any]:
        own = [
            path("<int:object_id>/keys/new/", self.admin_site.admin_view(self.new_key), name="leads_campaign_new_key"),
            path(
                "<int:object_id>/keys/<int:key_id>/revoke/", self.admin_site.admin_view(self.revoke_key), name="leads_campaign_revoke_key"
            ),
            path("<int:object_id>/links/new/", self.admin_site.admin_view(self.new_link), name="leads_campaign_new_link"),
            path(
                "<int:object_id>/links/<int:link_id>/revoke/",
                self.admin_site.admin_view(self.revoke_link),
                name="leads_campaign_revoke_link",
            ),
        ]
        return own + super().get_urls()
