"""Clients and their delivery accounts, as the lists of the pages show them. Secrets and how to reach a client are not here."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clients.enums import AccountStatus, ClientStatus
from clients.models import Client, DeliveryAccount
from distribution.api.fields import MaybeObject, Money, Named, YesOrNo
from distribution.api.frame import Rows
from leads.models import LeadType

CAPS = ["cap_hour", "cap_day", "cap_week", "cap_month", "cap_total"]


class ArchivedFilter(filters.FilterSet):
    archived = YesOrNo(method="with_archived", label="Archived ones are out of sight until they are asked for")

    def with_archived(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001 -- django-filter's signature
        return rows.filter(archived_at__isnull=not value)

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["archived"] is not None else rows.filter(archived_at=None)


class ClientFilter(ArchivedFilter):
    status = filters.ChoiceFilter(choices=ClientStatus.choices)
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=160, label="Part of the name")

    class Meta:
        model = Client
        fields: list[str] = []


class AccountFilter(ArchivedFilter):
    status = filters.ChoiceFilter(choices=AccountStatus.choices)
    client = filters.ModelChoiceFilter(queryset=Client.objects.all())
    lead_type = filters.ModelChoiceFilter(queryset=LeadType.objects.all())
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=160, label="Part of the name")

    class Meta:
        model = DeliveryAccount
        fields: list[str] = []


class ClientRow(serializers.ModelSerializer):
    budget_day = Money()
    budget_month = Money()
    open_accounts = serializers.IntegerField()
    archived = serializers.DateTimeField(source="archived_at", allow_null=True)

    class Meta:
        model = Client
        fields = ["id", "name", "status", "time_zone", "zip", *CAPS, "budget_day", "budget_month", "account_automation"]
        fields += ["tier_delivery", "duplicate_hours", "open_accounts", "created", "archived"]
        read_only_fields = fields


class AccountRow(serializers.ModelSerializer):
    client = Named()
    lead_type = Named()
    price = Money()
    budget_day = Money()
    budget_month = Money()
    automated = serializers.BooleanField(source="is_automated")
    exclusive = serializers.BooleanField(source="is_exclusive")
    criteria = MaybeObject(help_text="The tree of criteria, or null for every lead of the type")
    schedule = MaybeObject(help_text="Hours a weekday, or null for always open")
    methods = serializers.SerializerMethodField(help_text="The names of its delivery methods, in their order")
    archived = serializers.DateTimeField(source="archived_at", allow_null=True)

    class Meta:
        model = DeliveryAccount
        fields = ["id", "name", "client", "lead_type", "status", "automated", "price", "exclusive", "priority", "criteria", "schedule"]
        fields += ["closed_dates", "time_zone", "off_hours", *CAPS, "budget_day", "budget_month", "methods", "created", "archived"]
        read_only_fields = fields

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_methods(self, row: DeliveryAccount) -> list[str]:
        return [use.method.name for use in row.uses.all()]


class Clients(Rows):
    permission = "clients.view_client"
    rows = Client.objects.annotate(
        open_accounts=Count("accounts", filter=Q(accounts__status=AccountStatus.OPEN, accounts__archived_at=None), distinct=True)
    )
    serializer_class = ClientRow
    filterset_class = ClientFilter
    sorts = {"name": "name", "created": "created"}
    ordering = ("name",)
    lookup_value_converter = "int"


class Accounts(Rows):
    permission = "clients.view_deliveryaccount"
    rows = DeliveryAccount.objects.select_related("client", "lead_type").prefetch_related("uses__method")
    serializer_class = AccountRow
    filterset_class = AccountFilter
    sorts = {"name": "name", "price": "price", "created": "created"}
    ordering = ("name",)
    lookup_value_converter = "int"
