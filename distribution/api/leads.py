"""Leads: the list, one with its story, and what may be done with it."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from distribution.api.fields import JSON_LIST, AnyObject, MaybeChoice, Money, Named, Spoken, YesOrNo
from distribution.api.frame import Rows
from distribution.api.lead_correct import CorrectionOfLead, correct_by, judge_by
from distribution.api.problems import refuse
from distribution.models import Delivery
from distribution.services.route import rerun_lead
from distribution.wake import ROUTES, wake
from leads.clock import database_now
from leads.domain.normalise_text import is_storable
from leads.enums import LeadOutcome, LeadStatus
from leads.events import sentence, without_clients
from leads.models import Campaign, Event, Lead, LeadType, Note
from leads.models.lead import STANDARD_COLUMNS
from leads.search import search
from leads.services.notes import LONGEST, EmptyNote, add_note

PROBLEM = {"$ref": "#/components/schemas/Problem"}
OF_THE_CONNECTION = ("ip", "user_agent")
"""Shown to who may read the raw submission."""


class LeadFilter(filters.FilterSet):
    q = filters.CharFilter(method="found", max_length=200, label="Name, phone, e-mail, L-10482 or an id, as on the page")
    status = filters.ChoiceFilter(choices=LeadStatus.choices)
    outcome = filters.ChoiceFilter(choices=LeadOutcome.choices)
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.all())
    lead_type = filters.ModelChoiceFilter(queryset=LeadType.objects.all())
    state = filters.CharFilter(max_length=2)
    zip = filters.CharFilter(max_length=10)
    received_from = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")
    test = YesOrNo(field_name="is_test")

    class Meta:
        model = Lead
        fields: list[str] = []

    def found(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return search(rows, value, of_few=not self.request.user.sees_all_leads)

    def filter_queryset(self, queryset: Any) -> Any:
        """Tests count for nobody, so they are asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["test"] is not None or self.form.cleaned_data["q"] else rows.filter(is_test=False)


class CampaignOfLead(Named):
    source = serializers.CharField(source="source.name")  # type: ignore[assignment]  # a field is no attribute of the class


class LeadRow(serializers.ModelSerializer):
    number = Spoken()
    received = serializers.DateTimeField(source="received_at")
    outcome = MaybeChoice(LeadOutcome.choices)
    test = serializers.BooleanField(source="is_test")
    campaign = CampaignOfLead()
    lead_type = Named()
    cost = Money()
    duplicate_of = serializers.UUIDField(source="duplicate_of_id", allow_null=True)
    custom = AnyObject(help_text="The lead type's own fields")
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]  # a field is no attribute of the class

    class Meta:
        model = Lead
        fields = ["id", "number", "received", "status", "outcome", "test", "campaign", "lead_type", "cost", "duplicate_of", "errors"]
        fields += [*STANDARD_COLUMNS, "custom", "zones", "states", "attempts", "pull_count", "last_disposition"]
        read_only_fields = fields

    @extend_schema_field(JSON_LIST)
    def get_errors(self, row: Lead) -> list[Any]:
        return list(row.errors)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        told = super().to_representation(instance)
        if not self.context["request"].user.has_perm("leads.view_submission"):
            told |= dict.fromkeys(OF_THE_CONNECTION, "")
        return told


class EventRow(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username", default=None, allow_null=True)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = ["at", "kind", "by", "sentence"]
        read_only_fields = fields

    def get_sentence(self, row: Event) -> str:
        if not self.context["request"].user.sees_clients:
            row.data = without_clients(row.data)
        return sentence(row)


class NoteRow(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Note
        fields = ["id", "at", "by", "text"]
        read_only_fields = ["id", "at"]
        extra_kwargs = {"text": {"max_length": LONGEST}}


class DeliveryOfLead(serializers.ModelSerializer):
    number = Spoken()
    client = Named()
    account = Named()
    price = Money()
    finished = serializers.DateTimeField(source="finished_at", allow_null=True)

    class Meta:
        model = Delivery
        fields = ["id", "number", "client", "account", "state", "price", "created", "finished", "reason"]
        read_only_fields = fields


class LeadWhole(LeadRow):
    unmapped = AnyObject(help_text="Kept, never trusted")
    events = EventRow(many=True)
    notes = NoteRow(many=True)
    deliveries = serializers.SerializerMethodField(help_text="Empty for roles that see no clients")

    class Meta(LeadRow.Meta):
        fields = [*LeadRow.Meta.fields, "unmapped", "events", "notes", "deliveries"]
        read_only_fields = fields

    @extend_schema_field(DeliveryOfLead(many=True))
    def get_deliveries(self, row: Lead) -> Any:
        if not self.context["request"].user.has_perm("distribution.view_delivery"):
            return []
        return DeliveryOfLead(row.deliveries.all(), many=True, context=self.context).data


class Leads(Rows):
    permission = "leads.view_lead"
    rows = Lead.objects.select_related("campaign__source", "lead_type")
    serializer_class = LeadRow
    filterset_class = LeadFilter
    sorts = {"received": "received_at"}
    ordering = ("-received_at", "-id")
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = super().get_queryset()
        if self.action != "retrieve":
            return rows
        deliveries = Delivery.objects.select_related("client", "account").order_by("created", "number")
        return rows.prefetch_related(
            Prefetch("events", Event.objects.select_related("by")),
            Prefetch("notes", Note.objects.select_related("by")),
            Prefetch("deliveries", deliveries),
        )

    def get_serializer_class(self) -> Any:
        return LeadWhole if self.action == "retrieve" else LeadRow

    @extend_schema(request=NoteRow, responses={201: NoteRow}, operation_id="add_note", summary="Write a note about a lead")
    @action(detail=True, methods=["post"], filterset_class=None)
    def notes(self, request: Request, pk: Any = None) -> Response:
        lead = self._allowed(request, "leads.add_note")
        text = request.data.get("text") if isinstance(request.data, dict) else None
        if not isinstance(text, str) or not is_storable(text):
            raise refuse("text", "bad_text", "Send `text` with a word or two, without control characters.")
        try:
            note = add_note(lead=lead, text=text, by=request.user, now=database_now())
        except EmptyNote as problem:
            raise refuse("text", "bad_text", str(problem)) from problem
        return Response(NoteRow(note).data, status=201)

    @extend_schema(
        request=None,
        responses={202: LeadRow, 409: OpenApiResponse(PROBLEM, description="`not_unrouted`")},
        operation_id="rerun_lead",
        summary="Let an unrouted lead go through its routes again",
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def rerun(self, request: Request, pk: Any = None) -> Response:
        lead = self._allowed(request, "distribution.rerun_lead")
        if not rerun_lead(lead=lead, by=request.user, now=database_now()):
            error = {"field": None, "code": "not_unrouted", "message": "Only a lead that is unrouted is routed again; nothing was changed."}
            return Response({"status": "error", "errors": [error]}, status=409)
        wake(ROUTES)
        lead.refresh_from_db(fields=["outcome"])
        return Response(self.get_serializer(lead).data, status=202)

    @extend_schema(
        request=CorrectionOfLead,
        responses={
            200: LeadRow,
            409: OpenApiResponse(PROBLEM, description="`campaign_paused`, `campaign_closed`"),
            422: OpenApiResponse(PROBLEM, description="The values are not right, by field; nothing was changed"),
        },
        operation_id="correct_lead",
        summary="Correct a lead's values; one that was not accepted is judged anew",
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def correct(self, request: Request, pk: Any = None) -> Response:
        lead = self._allowed(request, "leads.correct_lead")
        if lead.status != LeadStatus.ACCEPTED and not request.user.has_perm("leads.judge_lead"):
            raise PermissionDenied
        if lead.outcome == LeadOutcome.ERASED:
            raise Http404
        return self._told(correct_by(lead, request.data, by=request.user))

    @extend_schema(
        request=None,
        responses={200: LeadRow, 409: OpenApiResponse(PROBLEM, description="`not_rejected`, `campaign_paused`, `campaign_closed`")},
        operation_id="judge_lead",
        summary="Judge a rejected lead again, by the rules of now",
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def judge(self, request: Request, pk: Any = None) -> Response:
        return self._told(judge_by(self._allowed(request, "leads.judge_lead"), by=request.user))

    def _told(self, answer: Response | Lead) -> Response:
        if isinstance(answer, Response):
            return answer
        return Response(
            LeadRow(
                Lead.objects.select_related("campaign__source", "lead_type").get(pk=answer.pk), context=self.get_serializer_context()
            ).data
        )

    def _allowed(self, request: Request, permission: str) -> Lead:
        """A lead that one may not see is missing; what one may not do with one that is seen is refused."""
        lead: Lead | None = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if lead is None:
            raise Http404
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return lead
