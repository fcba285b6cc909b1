from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from clients.enums import MethodUse
from clients.models import AccountMethod, DeliveryAccount
from distribution.admin.caps import WithCaps, caps_told, compact
from distribution.admin.checklist import checklist
from distribution.services.copies import NOT_AS_COPY
from leads.admin.base import ArchivedFilter, WithoutDeletePopups
from leads.admin.forms import WrittenJSONField, refuse
from leads.admin.history import Historied
from leads.admin.widgets import ClosedDatesWidget, CriteriaWidget, ScheduleWidget
from leads.clock import database_now
from leads.domain.criteria_check import check
from leads.domain.hours import ScheduleError, parse_schedule
from leads.menu import Place
from leads.services.facts import field_specs
from leads.words import figure, money, pill

CRITERIA_HELP = (
    'Groups of conditions, such as {"all": [["state", "in", ["IL", "WI"]], {"any": [["vehicles", "gte", 2], ["insured", "eq", true]]}]}. '
    "Empty takes every lead of the type."
)
SCHEDULE_HELP = (
    'Windows by weekday, such as {"mon": ["09:00-17:00"], "sat": ["22:00-02:00"]}; a day left out is closed. Empty is always open.'
)


class AccountForm(forms.ModelForm):
    criteria = WrittenJSONField(widget=CriteriaWidget(), help_text=CRITERIA_HELP)
    schedule = WrittenJSONField(widget=ScheduleWidget(), help_text=SCHEDULE_HELP)

    class Meta:
        model = DeliveryAccount
        fields = "__all__"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk and "schedule" in self.fields:
            self.fields["schedule"].widget.zone = self.instance.client.time_zone

    def clean_schedule(self) -> Any:
        schedule = self.cleaned_data["schedule"]
        try:
            parse_schedule(schedule)
        except ScheduleError as problem:
            refuse([(problem.place, problem.message)])
        return schedule

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        criteria, lead_type = cleaned.get("criteria"), cleaned.get("lead_type")
        if criteria is not None and lead_type:
            for problem in check(criteria, field_specs(lead_type.fields.all())):
                self.add_error("criteria", f"{problem.path}: {problem.message}" if problem.path else problem.message)
        if bool(cleaned.get("qualified_percent") is not None) != bool(cleaned.get("qualified_window")):
            self.add_error("qualified_percent", "A share of qualified leads needs a percentage and a window, or neither.")
        return cleaned


class UseForm(forms.ModelForm):
    class Meta:
        model = AccountMethod
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        method, account = cleaned.get("method"), cleaned.get("account")
        if method and account and account.client_id and method.client_id != account.client_id:
            self.add_error("method", "This method belongs to another client.")
        if method and cleaned.get("use") == MethodUse.ALWAYS and method.kind in NOT_AS_COPY:
            self.add_error("use", NOT_AS_COPY[method.kind])
        return cleaned


class UseFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if sum(row.get("use") == MethodUse.FIRST for row in kept) > 1:
            raise forms.ValidationError("Only one method is the first choice.")


class UseInline(WithoutDeletePopups, TabularInline):
    model = AccountMethod
    show_title = False
    form = UseForm
    formset = UseFormSet
    extra = 0
    fields = ["position", "method", "use"]
    autocomplete_fields = ["method"]
    verbose_name = "delivery method"
    verbose_name_plural = "How its leads are delivered"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccountMethod]:
        return super().get_queryset(request).select_related("method", "account")


@admin.register(DeliveryAccount)
class DeliveryAccountAdmin(WithCaps, Historied):
    menu = Place("Clients", "Delivery accounts", 20)
    found_by_number = True
    empty_title = "A delivery account is one standing demand of a client"
    empty_text = "For one lead type: what it pays, which leads, at which hours, how many, and how they are delivered."
    form = AccountForm
    zone_empty = "As the client"
    list_display = ["title", "lead_type", "price_word", "sold_as", "cap_word", "first_method", "why", "state"]
    list_filter = ["status", ("lead_type", RelatedDropdownFilter), "is_exclusive", ArchivedFilter]
    list_select_related = ["client", "lead_type"]
    search_fields = ["name", "client__name"]
    autocomplete_fields = ["client"]
    inlines = [UseInline]
    change_form_outer_before_template = "distribution/account_top.html"
    fieldsets = [
        (None, {"fields": ["client", ("name", "lead_type"), ("status", "is_automated")]}),
        ("Price", {"fields": [("price", "is_exclusive", "priority")]}),
        ("Which leads", {"fields": ["criteria"]}),
        ("When", {"fields": ["schedule", ("closed_dates", "time_zone", "off_hours")]}),
        (
            "Most leads and money",
            {
                "fields": [
                    ("cap_hour", "cap_day", "cap_week"),
                    ("cap_month", "cap_total"),
                    ("budget_day", "budget_month"),
                    "may_exceed_caps",
                ],
                "description": "In calendar windows of the client's zone. Empty is no limit, 0 is nothing.",
            },
        ),
        (
            "Only if it is worth it",
            {"fields": [("required_revenue", "required_profit", "required_profit_percent")], "classes": ["collapse"]},
        ),
        ("Share of qualified leads", {"fields": [("qualified_percent", "qualified_window")], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryAccount]:
        uses = AccountMethod.objects.select_related("method")
        return super().get_queryset(request).prefetch_related(Prefetch("uses", queryset=uses))

    def history_hint(self, row: DeliveryAccount) -> str:
        return "Which methods deliver its leads is not among it; each method has a history of its own."

    def search_title(self, row: DeliveryAccount) -> str:
        return str(row)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name == "closed_dates" and field:
            field.widget = ClosedDatesWidget()
            field.help_text = "Dates such as 2026-12-25, separated by commas"
        return field

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        account = context.get("original")
        if account is not None:
            steps = checklist(account)
            context |= {"steps": steps, "steps_done": sum(step.done for step in steps), "caps": caps_told(account, now=database_now())}
        return super().render_change_form(request, context, *args, **options)

    @display(description="Account", ordering="client__name", header=True)
    def title(self, row: DeliveryAccount) -> list[str]:
        return [row.name, row.client.name]

    @display(description="Price", ordering="price")
    def price_word(self, row: DeliveryAccount) -> SafeString:
        return figure(money(row.price))

    @display(description="Sold", ordering="is_exclusive")
    def sold_as(self, row: DeliveryAccount) -> str:
        return "exclusive" if row.is_exclusive else "shared"

    @display(description="Tightest cap")
    def cap_word(self, row: Any) -> SafeString:
        return compact(row.tightest_cap)

    @display(description="Delivered by")
    def first_method(self, row: DeliveryAccount) -> str:
        first = next((use for use in row.uses.all() if use.use == MethodUse.FIRST), None)
        return first.method.name if first else "nothing yet"

    @display(description="Leads today")
    def why(self, row: DeliveryAccount) -> SafeString:
        return format_html('<a href="{}">Why not more?</a>', reverse("admin:account_why", args=[row.pk]))

    @display(description="State", ordering="status")
    def state(self, row: DeliveryAccount) -> SafeString:
        return pill("archived", "Archived") if row.is_archived else pill(row.status, row.get_status_display())
