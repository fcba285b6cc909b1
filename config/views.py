"""The front door: where each role goes, and the pages that say what went wrong."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import requires_csrf_token

from leads.viewer import person_of
from pullqueue.enums import Role

LANDING = {Role.ADMINISTRATOR: "admin:index", Role.MANAGER: "admin:index", Role.REP: "desk", Role.CLIENT: "client_leads"}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send everyone to where their work is."""
    return redirect(LANDING[Role(person_of(request).role)])


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Show the error inside the frame that the person knows, without a word of what was asked for."""
    told = {"title": title, "text": text, "subtitle": None}
    user = getattr(request, "user", None)
    in_admin = request.path.startswith(reverse("admin:index"))  # its frame needs what no other page's policy allows
    if in_admin and user is not None and user.is_authenticated and user.is_active and user.is_staff:
        return render(request, "errors/staff.html", admin.site.each_context(request) | told, status=status)
    return render(request, "errors/page.html", told, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "This request cannot be read", "Go back and try it again. If it happens again, tell your administrator.")


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "Your role may not do this", "You may look at it; an administrator can change it.")


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(
        request, 404, "There is nothing here for you", "The address is wrong, or it leads to something that your role does not show."
    )


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """Ask nothing of the database: it may be what broke."""
    return HttpResponse(render_to_string("errors/broken.html"), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or that came from another site."""
    if request.path == reverse("sign_out") and not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("sign_in"))
    return _error(request, 403, "This page was open too long", "Load it again and repeat what you did; nothing was changed.")
