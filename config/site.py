"""The admin site: one door for all, 404 for what one may not see, pages and search beside the models' lists."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from unfold.sites import UnfoldAdminSite

from config.search import found
from leads.menu import PAGES, Page

LEFT_OUT = frozenset({"view_on_site", "password_change", "password_change_done"})
"""Routes of Django's admin that this product does without: they would tell of rows one may not see, or stand elsewhere."""

View = Callable[..., HttpResponse]


def _may_look(owner: ModelAdmin, request: HttpRequest, object_id: Any) -> bool:
    """Whether the role shows this kind of row at all, and this very row."""
    if not owner.has_view_or_change_permission(request):
        return False
    return object_id is None or owner.get_object(request, str(object_id)) is not None


class SwitchyardSite(UnfoldAdminSite):
    site_title = site_header = index_title = "Switchyard"
    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002 -- Django's signature
        """Send strangers to the sign-in page, and give everyone else 404 for what their role does not show."""
        owner = getattr(view, "__self__", None)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("sign_in"))
            if not self.has_permission(request):
                raise Http404
            if isinstance(owner, ModelAdmin) and not _may_look(owner, request, kwargs.get("object_id")):
                raise Http404
            return view(request, *args, **kwargs)

        guarded = inner if cacheable else never_cache(inner)
        if not getattr(view, "csrf_exempt", False):
            guarded = csrf_protect(guarded)
        return update_wrapper(guarded, view)

    def get_urls(self) -> list[Any]:
        pages = [path(page.address, self.admin_view(self._page(page)), name=page.name) for page in PAGES]
        return pages + [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing: the menu is a tree of our own, and the framework's list would lead to routes that are left out."""
        return []

    def _page(self, page: Page) -> View:
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(page.permission):
                raise Http404
            return page.view(request, *args, **kwargs)

        return inner

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The menu shows what there is; a list by app would be a second one. The framework wants the route by name."""
        raise Http404

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page for all roles; this address stays because the framework knows it."""
        return redirect_to_login(request.GET.get("next") or resolve_url("home"), reverse("sign_in"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("sign_out"), status=307)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from config.home import home_context  # noqa: PLC0415 -- reads models, and this module is loaded before them

        return super().index(request, home_context(request) | (extra_context or {}))

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Find rows by number, name, phone or e-mail among what the person may see. Nothing is cached: rights change."""
        term = request.GET.get("s", "").strip()[:200]
        if not term:
            return HttpResponse()
        return TemplateResponse(
            request, "admin/search_results.html", {"results": found(self, request, term), "term": term}, headers={"HX-Trigger": "search"}
        )
