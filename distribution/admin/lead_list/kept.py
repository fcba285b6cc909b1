"""Which kept filter a request looks through, and the address that it stands for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from leads.models import SavedView

PAGE = "leads"
OURS = ("view", "columns", "after", "before")
"""What an address of the list says besides its filters."""
NOT_KEPT = (*OURS, "q", "p", "o", "all", "e", "csrfmiddlewaretoken")


def view_of(request: HttpRequest) -> SavedView | None:
    """Return the kept filter of the address, read once for each request; None also for one that is gone or somebody's own."""
    kept: dict[str, Any] = request.__dict__
    if "kept_view" not in kept:
        asked = request.GET.get("view", "")
        kept["kept_view"] = _found(asked, request.user) if asked else None
    return kept["kept_view"]


def _found(asked: str, user: Any) -> SavedView | None:
    rows = SavedView.objects.visible_to(user).filter(page=PAGE).select_related("lead_type").prefetch_related("lead_type__fields")
    return rows.filter(pk=asked).first() if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def filters_of(query: str) -> dict[str, list[str]]:
    """Return the filters of an address of the list, as they are kept."""
    return {name: [str(value) for value in values] for name, values in QueryDict(query).lists() if name not in NOT_KEPT}


def query_of(view: SavedView) -> str:
    """The address that shows the list through the kept filter: its own filters stand in it, so that each can be taken away."""
    filters: Mapping[str, Any] = view.filters if isinstance(view.filters, dict) else {}
    return urlencode([("view", view.pk), *sorted(filters.items())], doseq=True)
