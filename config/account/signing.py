"""The door: name and password, then the code of who has a second factor; and out again."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from config.signin import CarefulAuthenticationForm, CodeForm, enter, known_as, remember_browser
from leads.api.caller import address_of
from leads.clock import database_now
from leads.services.events import record
from pullqueue.models import User
from pullqueue.services.factors import check_code, has_factor
from pullqueue.services.tries import count_failure, forget_failures, too_many

HALFWAY = "halfway"
"""In the session of somebody whose password was right and whose code is asked for: who, since when, and on to where."""
LASTS = timedelta(minutes=5)


class SignIn(LoginView):
    template_name = "sign_in.html"
    authentication_form = CarefulAuthenticationForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = form.get_user()
        if has_factor(user):
            kept = {"user": user.pk, "mark": user.get_session_auth_hash(), "at": database_now().isoformat(), "next": self.get_success_url()}
            self.request.session.flush()
            self.request.session[HALFWAY] = kept
            return redirect("sign_in_code")
        enter(self.request, user)
        answer = HttpResponseRedirect(self.get_success_url())
        remember_browser(self.request, answer, user)
        return answer


@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or for a recovery code. Ten wrong ones end it for a quarter of an hour."""
    user = _halfway(request)
    if user is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = database_now()
        who: Any = {"account": f"code:{user.pk}", "address": address_of(request), "device": known_as(request, user.username)}
        if too_many(**who, now=now):
            form.add_error("code", "Too many wrong codes. Wait 15 minutes.")
        elif check_code(user=user, code=form.cleaned_data["code"], now=now):
            forget_failures(**who)
            goal = request.session[HALFWAY]["next"]
            enter(request, user)
            request.session.pop(HALFWAY, None)
            answer = HttpResponseRedirect(goal)
            remember_browser(request, answer, user)
            return answer
        else:
            count_failure(**who, now=now)
            record(kind="person.code_failed", at=now, about=f"user:{user.pk}")
            form.add_error("code", "This code is wrong, or it was used before. Wait for the next one and type it.")
    return render(request, "account/code.html", {"form": form})


def _halfway(request: HttpRequest) -> User | None:
    kept = request.session.get(HALFWAY)
    if not kept or database_now() - datetime.fromisoformat(kept["at"]) > LASTS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == kept["mark"] else None


class SignOut(LogoutView):
    next_page: Any = reverse_lazy("sign_in")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            record(kind="person.signed_out", at=database_now(), by=request.user, about=f"user:{request.user.pk}")
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer
