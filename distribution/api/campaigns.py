"""Campaigns, so that leads can be asked for by the one they came with. Keys are not here."""

from django_filters import rest_framework as filters
from rest_framework import serializers

from distribution.api.buyers import CAPS, ArchivedFilter
from distribution.api.fields import Money, Named
from distribution.api.frame import Rows
from leads.enums import CampaignStatus
from leads.models import Campaign, LeadType, Source


class CampaignFilter(ArchivedFilter):
    status = filters.ChoiceFilter(choices=CampaignStatus.choices)
    source = filters.ModelChoiceFilter(queryset=Source.objects.all())
    lead_type = filters.ModelChoiceFilter(queryset=LeadType.objects.all())
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=120, label="Part of the name")

    class Meta:
        model = Campaign
        fields: list[str] = []


class CampaignRow(serializers.ModelSerializer):
    source = Named()  # type: ignore[assignment]  # a field is no attribute of the class
    lead_type = Named()
    cost = Money()
    test_mode = serializers.BooleanField(source="is_test")
    archived = serializers.DateTimeField(source="archived_at", allow_null=True)

    class Meta:
        model = Campaign
        fields = ["id", "name", "source", "lead_type", "status", "channel", "cost", "routes", "duplicate_hours", "test_mode", *CAPS]
        fields += ["created", "archived"]
        read_only_fields = fields


class Campaigns(Rows):
    permission = "leads.view_campaign"
    rows = Campaign.objects.select_related("source", "lead_type")
    serializer_class = CampaignRow
    filterset_class = CampaignFilter
    sorts = {"name": "name", "created": "created"}
    ordering = ("name",)
    lookup_value_converter = "int"
