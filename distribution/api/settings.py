"""Settings > Client Settings > Distribution: the live version, and every one before it."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from distribution.api.fields import AnyObject
from distribution.api.frame import Rows, refuse_unknown
from distribution.models import SettingsVersion


class VersionRow(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = SettingsVersion
        fields = ["number", "created", "by", "note", "changes", "restored_from"]
        read_only_fields = fields


class VersionWhole(VersionRow):
    settings = AnyObject(source="data", help_text="Every option of the page, the delivery groups in order, and the values by client id")

    class Meta(VersionRow.Meta):
        fields = [*VersionRow.Meta.fields, "settings"]
        read_only_fields = fields


class Versions(Rows):
    permission = "distribution.view_settingsversion"
    rows = SettingsVersion.objects.select_related("by")
    sorts = {"number": "number"}
    ordering = ("-number",)
    lookup_field = "number"
    lookup_value_converter = "int"

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return VersionRow if self.action == "list" else VersionWhole

    @extend_schema(responses=VersionWhole, operation_id="live_settings", summary="The settings that decide now", filters=False)
    @action(detail=False, pagination_class=None)
    def live(self, request: Request) -> Response:
        refuse_unknown(request, {"format"})
        newest = self.get_queryset().order_by("-number").first()
        if newest is None:
            raise Http404
        return Response(self.get_serializer(newest).data)
