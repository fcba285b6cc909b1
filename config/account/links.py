"""Forgotten passwords and invitations: asked for without learning who exists, and used once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leads.api.caller import address_of
from leads.clock import database_now
from pullqueue.enums import LinkKind
from pullqueue.services.links import DeadLink, ask_for_reset, find_link, use_link
from pullqueue.services.tries import count_failure, too_many

CHOOSING = "choosing"
"""In the session of somebody who came by a link: its token, so that it stands in no further address."""


class ForgottenForm(forms.Form):
    name = forms.CharField(max_length=254, label="E-mail or user name")


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Take the wish for a new password; the answer is the same whether somebody has that name."""
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/forgotten.html", {"form": form})
    now, who = database_now(), {"account": "forgotten", "address": f"forgotten {address_of(request)}", "device": address_of(request)}
    if not too_many(**who, now=now):
        count_failure(**who, now=now)  # whoever asks all the time is not heard any more
        ask_for_reset(name=form.cleaned_data["name"], now=now)
    return render(request, "account/forgotten.html", {"asked": True})


@never_cache
@require_safe
def account_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address; opening a link uses nothing up, for mail programs open links by themselves."""
    try:
        find_link(token=token, now=database_now())
    except DeadLink:
        return _dead(request)
    request.session[CHOOSING] = token
    return redirect("choose_password")


@never_cache
def choose_password(request: HttpRequest) -> HttpResponse:
    token = request.session.get(CHOOSING, "")
    try:
        link = find_link(token=token, now=database_now())
    except DeadLink:
        return _dead(request)
    form: Any = SetPasswordForm(link.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            use_link(token=token, password=form.cleaned_data["new_password1"], now=database_now())
        except DeadLink:
            return _dead(request)
        request.session.flush()
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("sign_in")
    told = {"form": form, "username": link.user.username, "invited": link.kind == LinkKind.INVITATION}
    return render(request, "account/choose.html", told)


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "account/dead_link.html", status=410)
