"""The list as one request sees it: filtered, narrowed by a kept filter's criteria, and cut into pages by cursor."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from distribution.admin.lead_list.chips import chips_of
from distribution.admin.lead_list.columns import choices
from distribution.admin.lead_list.kept import OURS, PAGE, query_of, view_of
from leads.clock import database_now
from leads.criteria_sql import to_q
from leads.domain.criteria_check import CriteriaError
from leads.models import Lead, SavedView
from leads.models.lead import LeadQuerySet
from leads.paging import WINDOW, Cursor, Part, page_among, page_of
from leads.services.facts import field_specs
from leads.viewer import person_of

INDEXED = {"campaign__id__exact": "campaign", "outcome__exact": "outcome", "status__exact": "status"}
"""Filters by which an index has the leads in the order of the list. One finds its page at once; of two, one is looked through."""
BY_TIME = ("received_at__gte", "received_at__lt")
FREE = ("q", "o", "tests", "all", *BY_TIME)
GONE = "This filter names a field that its lead type has no more. Open it and choose another."


class LeadList(ChangeList):
    part: Part
    window = WINDOW
    narrows = False
    problem = ""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        self.request = request
        self.saved = view_of(request)
        if self.saved is None and request.GET.get("view"):
            raise IncorrectLookupParameters
        super().__init__(request, *args, **options)
        self.narrows = True
        for name in ("after", "before"):  # a search from here begins at the first page
            self.filter_params.pop(name, None)

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        return {name: value for name, value in super().get_filters_params(params).items() if name not in OURS}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """A changed filter begins at the first page again."""
        return str(super().get_query_string(new_params, [*(remove or []), "after", "before"]))

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Lead]:
        """The leads of all pages. While the page itself is made its criteria are left out: they look at a part of the leads only."""
        rows: LeadQuerySet = super().get_queryset(request, exclude_parameters)
        if self.saved and self.saved.lead_type_id:
            rows = rows.filter(lead_type=self.saved.lead_type_id)
        return self._matching(rows, rows) if self.narrows else rows

    def get_results(self, request: HttpRequest) -> None:
        try:
            cursor = Cursor.read(request.GET.get("after", ""), request.GET.get("before", ""))
        except ValueError as problem:
            raise IncorrectLookupParameters from problem
        told = {"cursor": cursor, "size": self.list_per_page, "oldest_first": not str(self.queryset.query.order_by[0]).startswith("-")}
        if self.query:
            rows: Any = self.queryset
            self.part = page_of(self._matching(rows, rows), **told)
        elif self._must_look():
            among = Lead.objects.visible_to(person_of(request)).filter(**self._entered_by())
            self.part = page_among(self.queryset, among, self._matching_among, **told)
        else:
            self.part = page_of(self.queryset, **told)
        self.result_list = self.part.rows
        self.result_count, self.full_result_count = self.part.total, None
        self.show_full_result_count, self.show_admin_actions = False, True
        self.can_show_all, self.multi_page = False, bool(self.part.following or self.part.previous)
        self.paginator = self.model_admin.get_paginator(request, self.part.rows, self.list_per_page)

    def _matching(self, rows: LeadQuerySet, among: LeadQuerySet) -> LeadQuerySet:
        if self.saved is None or self.saved.criteria is None:
            return rows
        fields = field_specs(self.saved.lead_type.fields.all() if self.saved.lead_type else [])
        try:
            return rows.filter(to_q(self.saved.criteria, fields, database_now(), among=among))
        except CriteriaError:
            self.problem = GONE
            return rows.none()

    def _matching_among(self, rows: Any) -> LeadQuerySet:
        return self._matching(rows, rows)

    def _must_look(self) -> bool:
        """Whether no index has what is asked for in the order of the list."""
        asked = {name for name in self.filter_params if name not in (*FREE, *OURS)}
        return bool(self.saved and (self.saved.criteria or self.saved.lead_type_id)) or len(asked) > 1 or bool(asked - INDEXED.keys())

    def _entered_by(self) -> dict[str, Any]:
        """The filters that an index enters the leads by."""
        entered = {name: self.params[name] for name in BY_TIME if name in self.params}
        first = next((name for name in INDEXED if self.params.get(name)), None)
        return entered | ({first: self.params[first]} if first else {})

    @property
    def chips(self) -> list[Any]:
        return chips_of(self)

    @property
    def saved_views(self) -> list[tuple[SavedView, str, bool]]:
        """The kept filters of this person and those that others share, with their addresses."""
        rows = SavedView.objects.visible_to(person_of(self.request)).filter(page=PAGE)
        return [(view, query_of(view), self.saved is not None and view.pk == self.saved.pk) for view in rows]

    @property
    def may_change_saved(self) -> bool:
        return self.saved is not None and self.saved.owner_id == person_of(self.request).pk

    @property
    def column_choices(self) -> list[tuple[str, str, bool]]:
        return choices(self.request)

    @property
    def kept_params(self) -> list[tuple[str, str]]:
        """What a form over the list sends along."""
        left_out = ("columns", "after", "before")
        return [(name, value) for name, values in self.filter_params.items() if name not in left_out for value in values]

    def _link(self, **cursor: str) -> str:
        return self.get_query_string(cursor)

    @property
    def previous_link(self) -> str:
        return self._link(before=self.part.previous) if self.part.previous else ""

    @property
    def next_link(self) -> str:
        return self._link(after=self.part.following) if self.part.following else ""

    @property
    def further_link(self) -> str:
        """Where the next window is looked through, once this one has no more pages."""
        return self._link(after=self.part.further) if self.part.further and not self.part.following else ""

    @property
    def first_link(self) -> str:
        return self.get_query_string() if "after" in self.params or "before" in self.params else ""
