"""Signing in: slowed down for who guesses, in two steps for who has a second factor, and written down."""

import hashlib
import secrets
from typing import Any

from django import forms
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from config.passwords import LONGEST
from leads.api.caller import address_of
from leads.clock import database_now
from leads.services.events import record
from pullqueue.models import User
from pullqueue.services.factors import lacks_factor
from pullqueue.services.tries import count_failure, forget_failures, too_many
from pullqueue.sessions import FACTOR_DUE, begin_session

BACKEND = "pullqueue.roles.RoleBackend"
KNOWN = "known"
"""Cookie of a browser that somebody signed in with before; strangers' wrong tries do not lock it out."""
KNOWN_SECONDS = 180 * 24 * 3600
MOST_KNOWN = 3
TOO_MANY = "Too many wrong tries. Wait 15 minutes, or use a browser that you signed in with before."


class CarefulAuthenticationForm(AuthenticationForm):
    """Refuses further tries after ten wrong ones for a name, or fifty from an address, in a quarter of an hour."""

    error_messages = {  # noqa: RUF012 -- as the parent declares it
        "invalid_login": "This name and password do not belong together. Both mind capital letters.",
        "inactive": "This account is switched off. Ask your administrator.",
        "too_many": TOO_MANY,
    }

    def clean(self) -> dict[str, Any]:
        name = str(self.data.get("username") or "").strip()[:150]
        now = database_now()
        request: Any = self.request
        who: Any = {"account": name, "address": address_of(request), "device": known_as(request, name)}
        if too_many(**who, now=now):
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            if len(self.cleaned_data.get("password") or "") > LONGEST:
                raise self.get_invalid_login_error()
            cleaned = super().clean()
        except ValidationError:
            count_failure(**who, now=now)
            if person := User.objects.filter(username=name).first():
                record(kind="person.sign_in_failed", at=now, about=f"user:{person.pk}")
            raise
        forget_failures(**who)
        return cleaned


class CodeForm(forms.Form):
    code = forms.CharField(max_length=40, label="Code", strip=True)


def enter(request: HttpRequest, user: User) -> None:
    """Sign the person in: a new session begins, and stands in the trail."""
    now = database_now()
    login(request, user, backend=BACKEND)
    begin_session(request.session, agent=request.headers.get("User-Agent", ""), now=now)
    if lacks_factor(user):
        request.session[FACTOR_DUE] = True
    record(kind="person.signed_in", at=now, by=user, about=f"user:{user.pk}")


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser be known as one that this person signed in with."""
    others = [one for one in _known(request) if not one.startswith(_short(user.username))]
    mine = f"{_short(user.username)}.{secrets.token_hex(8)}"
    response.set_signed_cookie(
        KNOWN,
        "~".join([mine, *others][:MOST_KNOWN]),
        salt=KNOWN,
        max_age=KNOWN_SECONDS,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def known_as(request: HttpRequest, name: str) -> str:
    """Return what this browser is known as to the account; empty when it is not."""
    return next((one for one in _known(request) if one.startswith(_short(name))), "")


def _known(request: HttpRequest) -> list[str]:
    kept = request.get_signed_cookie(KNOWN, default="", salt=KNOWN, max_age=KNOWN_SECONDS)
    return [one for one in (kept or "").split("~") if one]


def _short(name: str) -> str:
    return hashlib.sha256(name.strip().lower().encode()).hexdigest()[:16]
