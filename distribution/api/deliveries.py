"""Deliveries: every offer of a lead to a client, with what came of it."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from clients.models import Client, DeliveryAccount
from distribution.api.fields import MaybeChoice, Money, Named, Spoken
from distribution.api.frame import Rows
from distribution.enums import DeliveryState, Tracking
from distribution.models import Delivery


class DeliveryFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DeliveryState.choices)
    client = filters.ModelChoiceFilter(queryset=Client.objects.all())
    account = filters.ModelChoiceFilter(queryset=DeliveryAccount.objects.all())
    lead = filters.UUIDFilter(field_name="lead_id")
    client_reference = filters.CharFilter(max_length=200)
    created_from = filters.IsoDateTimeFilter(field_name="created", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter(field_name="created", lookup_expr="lt")

    class Meta:
        model = Delivery
        fields: list[str] = []


class LeadOfDelivery(serializers.Serializer):
    id = serializers.UUIDField()
    number = Spoken()


class DeliveryRow(serializers.ModelSerializer):
    number = Spoken()
    lead = LeadOfDelivery()
    client = Named()
    account = Named()
    price = Money()
    cost = Money()
    finished = serializers.DateTimeField(source="finished_at", allow_null=True)
    tracking = MaybeChoice(Tracking.choices)
    tainted = serializers.BooleanField(source="is_tainted")

    class Meta:
        model = Delivery
        fields = ["id", "number", "lead", "client", "account", "state", "price", "cost", "slot", "rank", "decided_by", "attempts_made"]
        fields += ["created", "finished", "reason", "message", "client_reference", "tracking", "tainted"]
        read_only_fields = fields


class Deliveries(Rows):
    permission = "distribution.view_delivery"
    rows = Delivery.objects.select_related("lead", "client", "account")
    serializer_class: Any = DeliveryRow
    filterset_class = DeliveryFilter
    sorts = {"created": "created"}
    ordering = ("-created", "-id")
    lookup_value_converter = "uuid"
