"""What every view of the staff API shares: rows by role, pages by cursor, and no parameter that is silently ignored."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import NotFound
from rest_framework.filters import OrderingFilter
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from distribution.api.access import EveryPerson, RoleShows, SessionAuthentication, TokenAuthentication
from distribution.api.problems import refuse

MOST_A_PAGE = 200
FRAMES = frozenset({"cursor", "limit", "sort", "format"})


class ByCursor(CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = MOST_A_PAGE
    page_size_query_description = f"Rows a page: 50, or what you say, {MOST_A_PAGE} at most."
    cursor_query_description = "Where to go on: the `cursor` of `next` or `previous`."

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """A cursor may be cut or made up; what it names as a position need not be one."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, TypeError, DataError, ValidationError) as error:
            if "cursor" not in request.query_params:
                raise
            raise refuse("cursor", "bad_cursor", "Take the address of the next page from `next` as it is.") from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor, limit = super().get_schema_operation_parameters(view)
        return [cursor, limit | {"schema": {"type": "integer", "minimum": 1, "maximum": MOST_A_PAGE}}]

    def get_page_size(self, request: Request) -> int:
        sent = request.query_params.get("limit")
        if sent is None:
            return self.page_size
        if not (sent.isascii() and sent.isdecimal() and 1 <= int(sent[:9]) <= MOST_A_PAGE and len(sent) < 9):
            raise refuse("limit", "out_of_range", f"Send a whole number from 1 to {MOST_A_PAGE}.")
        return int(sent)


class Sorted(OrderingFilter):
    """`sort=name` or `sort=-name`, by what has an index; what cannot be sorted by is refused, not ignored."""

    ordering_param = "sort"
    ordering_description = "By what: the name of a field, with a minus for the greatest first."

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Any:
        sent = request.query_params.get("sort")
        known = {name for name, _ in self.get_valid_fields(queryset, view)}
        if sent is not None and sent.removeprefix("-") not in known:
            raise refuse("sort", "bad_choice", f"Sort by one of: {', '.join(sorted(known))}; with a minus in front, the greatest first.")
        chosen = [view.sorts[sent.removeprefix("-")]] if sent else list(view.ordering)
        if sent and sent.startswith("-"):
            chosen = [f"-{chosen[0]}"]
        ties = "-pk" if chosen[0].startswith("-") else "pk"
        return [*chosen, ties] if chosen[-1].removeprefix("-") not in {"pk", "id"} else chosen

    def get_valid_fields(self, queryset: Any, view: Any, context: Any = None) -> list[tuple[str, str]]:
        return [(name, name) for name in view.sorts]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        choices = [*view.sorts, *(f"-{name}" for name in view.sorts)]
        return [
            {"name": "sort", "in": "query", "required": False, "description": self.ordering_description, "schema": {"enum": choices}},
        ]


class Filtered(DjangoFilterBackend):
    """django-filter, which by itself ignores what it does not know: a filter with a slip in its name would show everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        refuse_unknown(request, {*view.filterset_class.base_filters, *FRAMES} if getattr(view, "filterset_class", None) else FRAMES)
        return super().filter_queryset(request, queryset, view)


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    told = ", ".join(sorted(set(known) - {"format"})) or "none"
    for name, sent in request.query_params.lists():
        if name not in known:
            raise refuse(name[:100], "unknown_parameter", f"There is no such parameter. Known here: {told}.")
        if len(sent) > 1 or not sent[0]:
            raise refuse(name, "bad_parameter", "Give it one value, or leave it out.")


class StaffView(APIView):
    """`permission` is the one that the page asks for; who lacks it finds nothing here."""

    permission = ""
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [RoleShows]
    throttle_classes = [EveryPerson]
    http_method_names = ["get", "head", "post"]


class Rows(ListModelMixin, RetrieveModelMixin, StaffView, GenericViewSet):
    """A list and its rows, of those that the person may see."""

    pagination_class = ByCursor
    filter_backends = [Filtered, Sorted]
    filterset_class: type[FilterSet] | None = None
    sorts: dict[str, str] = {}
    """What can be sorted by, and the column of it."""
    ordering: tuple[str, ...] = ()
    rows: QuerySet[Any]

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = self.rows.all()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.visible_to(self.request.user) if hasattr(rows, "visible_to") else rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for lists: a row is asked for by its id."""
        if self.detail:
            refuse_unknown(self.request, {"format"})
            return queryset
        return super().filter_queryset(queryset)

    def shows_money(self) -> bool:
        return bool(self.request.user.has_perm("distribution.view_money"))
