"""The search for everything: a few rows of every list that takes part."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

MOST_A_LIST = 6


def found(site: AdminSite, request: HttpRequest, term: str) -> list[SearchResult]:
    """Return what the term finds, list by list; an unknown term costs one indexed query a list."""
    results: list[SearchResult] = []
    for admin in site._registry.values():  # noqa: SLF001 -- Django offers no other way to walk it
        if getattr(admin, "found_by_number", False) and admin.has_view_permission(request):
            results.extend(_rows(admin, request, term))
    return results


def _rows(admin: Any, request: HttpRequest, term: str) -> list[SearchResult]:
    rows, _ = admin.get_search_results(request, admin.get_queryset(request), term)
    options = admin.opts
    return [
        SearchResult(
            title=admin.search_title(row),
            description=str(options.verbose_name).capitalize(),
            link=reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk]),
            icon=None,
        )
        for row in rows[:MOST_A_LIST]
    ]
