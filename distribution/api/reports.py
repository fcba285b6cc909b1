"""The reports of Home, as numbers."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from distribution.api.frame import StaffView, refuse_unknown
from distribution.reports import Days, client_report, figures, hours
from leads.clock import database_now
from leads.viewer import viewer_of

AMOUNT: dict[str, Any] = {"max_digits": 20, "decimal_places": 2}


class FigureRow(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]  # a field is no attribute of the class
    value = serializers.DecimalField(**AMOUNT)
    before = serializers.DecimalField(**AMOUNT, help_text="A week ago, until the same time of day")
    is_money = serializers.BooleanField()


class HourRow(serializers.Serializer):
    hour = serializers.IntegerField()
    taken = serializers.IntegerField()
    sold = serializers.IntegerField()
    before = serializers.IntegerField()


class ClientOfReport(serializers.Serializer):
    client_id = serializers.IntegerField()
    name = serializers.CharField()
    offered = serializers.IntegerField()
    sold = serializers.IntegerField()
    refused = serializers.IntegerField()
    failed = serializers.IntegerField()
    revenue = serializers.DecimalField(**AMOUNT)


class TodayReport(serializers.Serializer):
    day = serializers.DateField(help_text="The company's day")
    time_zone = serializers.CharField()
    figures = FigureRow(many=True)
    hours = HourRow(many=True)
    clients = ClientOfReport(many=True, help_text="Those that sold most; the others are summed up in `rest`")
    rest = ClientOfReport(allow_null=True)
    total = ClientOfReport()


class Today(StaffView):
    permission = "distribution.view_report"

    @extend_schema(responses=TodayReport, operation_id="report_today", summary="Today so far, beside the same day a week ago")
    def get(self, request: Request) -> Response:
        refuse_unknown(request, {"format"})
        days = Days.at(database_now(), viewer_of(request.user).company_zone)
        report = client_report(days)
        told = {
            "day": days.local.date(),
            "time_zone": days.zone.key,
            "figures": figures(days),
            "hours": [asdict(hour) for hour in hours(days)],
            "clients": report.rows,
            "rest": report.rest,
            "total": report.total,
        }
        return Response(TodayReport(told).data)
