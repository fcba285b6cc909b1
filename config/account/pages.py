"""The pages of one's own account: password, second factor, sessions."""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache

from leads.clock import database_now
from leads.services.events import record
from leads.viewer import person_of, viewer
from pullqueue.models import AccessRules, RecoveryCode, Session
from pullqueue.services.factors import (
    NeedsFactor,
    address_of,
    begin_factor,
    check_code,
    confirm_factor,
    has_factor,
    new_codes,
    remove_factor,
)
from pullqueue.services.people import end_sessions
from pullqueue.services.tries import count_failure, too_many
from pullqueue.sessions import FACTOR_DUE

WRONG = "This code is wrong, or it was used before. Wait for the next one and type it."
TOO_MANY = "Too many wrong codes. Wait 15 minutes."


class Password(PasswordChangeView):
    template_name = "password.html"
    success_url = reverse_lazy("password")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        person = person_of(self.request)
        end_sessions(person=person, but=self.request.session.session_key)
        record(kind="person.password_changed", at=database_now(), by=person, about=f"user:{person.pk}")
        messages.success(self.request, "Your password is changed. Other sessions of yours are signed out.")
        return answer


@never_cache
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up the app by its first code, get recovery codes, or do away with it by a present code."""
    person = person_of(request)
    told: dict[str, Any] = {"must": person.role in AccessRules.current().factor_roles}
    if request.method == "POST":
        told |= _do(request, person, request.POST.get("do", ""), request.POST.get("code", "")[:40])
    if has_factor(person):
        told |= {"in_use": True, "left": RecoveryCode.objects.filter(user=person, used_at=None).count()}
    else:
        factor = begin_factor(user=person, now=database_now())
        picture = segno.make(address_of(factor, issuer=f"Switchyard {viewer().company}"), error="m", micro=False)
        spelled = " ".join(factor.secret[at : at + 4] for at in range(0, len(factor.secret), 4))
        told |= {"in_use": False, "picture": picture.svg_data_uri(scale=5, border=4, dark="#000", light="#fff"), "secret": spelled}
    return render(request, "account/second_factor.html", told, status=422 if "problem" in told else 200)


def _do(request: HttpRequest, person: Any, what: str, code: str) -> dict[str, Any]:
    now, who = database_now(), {"account": f"code:{person.pk}", "address": "", "device": "own page"}
    if too_many(**who, now=now):
        return {"problem": TOO_MANY}
    if what == "confirm":
        codes = confirm_factor(user=person, code=code, now=now)
        if codes:
            request.session.pop(FACTOR_DUE, None)
            end_sessions(person=person, but=request.session.session_key)
            return {"codes": codes, "done": "Your second factor is in use. Other sessions of yours are signed out."}
    elif what in ("codes", "remove") and check_code(user=person, code=code, now=now):
        return (
            {"codes": new_codes(user=person, now=now), "done": "The old recovery codes are gone."} if what == "codes" else _remove(person)
        )
    count_failure(**who, now=now)
    return {"problem": WRONG}


def _remove(person: Any) -> dict[str, Any]:
    try:
        remove_factor(user=person, by=person, now=database_now())
    except NeedsFactor:
        return {"problem": "Your role must have a second factor. An administrator can change that."}
    return {"done": "Your second factor is removed: your password alone lets you in."}


@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; one or all others can be ended. The session's key stands nowhere in the page."""
    person, present = person_of(request), request.session.session_key or ""
    rows = list(Session.objects.filter(user=person, expire_date__gt=database_now()).order_by("-seen")[:100])
    if request.method == "POST":
        wanted = request.POST.get("which", "")
        ended = 0
        if wanted == "all":
            ended = end_sessions(person=person, but=present)
        else:
            for row in rows:
                if constant_time_compare(_name(row), wanted) and row.session_key != present:
                    ended += Session.objects.filter(pk=row.pk).delete()[0]
        if ended:
            record(kind="person.sessions_ended", at=database_now(), by=person, about=f"user:{person.pk}", count=ended)
        messages.success(
            request, f"{ended} other session{' is' if ended == 1 else 's are'} signed out." if ended else "None was open any more."
        )
        return redirect("sessions")
    shown = [{"name": _name(row), "row": row, "is_here": row.session_key == present, "agent": browser_of(row.agent)} for row in rows]
    return render(request, "account/sessions.html", {"rows": shown, "others": sum(not one["is_here"] for one in shown)})


def _name(row: Session) -> str:
    return salted_hmac("config.sessions", row.session_key, algorithm="sha256").hexdigest()[:32]


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def browser_of(agent: str) -> str:
    """Speak of a browser as people do: "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "Some browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
