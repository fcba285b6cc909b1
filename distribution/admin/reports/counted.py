"""The filter by which a list shows exactly the rows that a number of a report counts."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from distribution.admin.reports.frame import RIGHT
from distribution.models import Delivery
from distribution.reports.lists import deliveries_of, leads_of, parse
from leads.viewer import viewer


class CountedFilter(SimpleListFilter):
    """Stands among the filters only while a report sent somebody here. A number that is not of this list leaves it as it is."""

    title = "number of a report"
    parameter_name = "report"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        text = request.GET.get("report", "")
        number = parse(text) if request.user.has_perm(RIGHT) else None
        if number is None or number.is_of_leads == (model_admin.model is Delivery):
            return []
        return [(text, number.said)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        number = parse(self.value() or "")
        if number is None:
            return queryset
        zone = viewer().company_zone
        return deliveries_of(queryset, number, zone) if queryset.model is Delivery else leads_of(queryset, number, zone)
