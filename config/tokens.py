"""A person's own page of tokens for the staff API: made, shown once, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from leads.clock import database_now
from leads.models import PersonalToken
from leads.services.tokens import MOST_TOKENS, TooManyTokens, create_token, revoke_token
from leads.viewer import person_of

ENDS = {"30": "In 30 days", "90": "In 90 days", "365": "In a year", "": "Never"}


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, label="What for", widget=forms.TextInput({"class": "input", "placeholder": "Nightly report"}))
    days = forms.ChoiceField(choices=list(ENDS.items()), required=False, label="It ends", widget=forms.Select({"class": "input"}))


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's own tokens, and make one. Only those who work in the staff pages have something to ask for."""
    person = _staff(request)
    form = TokenForm(request.POST or None, initial={"days": "90"})
    told: dict[str, Any] = {}
    now = database_now()
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            _, told["secret"] = create_token(
                user=person, name=form.cleaned_data["name"], now=now, expires_at=now + timedelta(days=int(days)) if days else None
            )
            form = TokenForm(initial={"days": "90"})
        except TooManyTokens:
            form.add_error(None, f"You have {MOST_TOKENS} tokens in use. Revoke one that no program needs any more.")
    rows = PersonalToken.objects.filter(user=person)[:100]
    return render(request, "tokens.html", told | {"form": form, "rows": rows, "now": now})


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one's own; anybody else's is not there."""
    token = get_object_or_404(PersonalToken, pk=token_id, user=_staff(request))
    if revoke_token(token=token, by=request.user, now=database_now()):
        messages.success(request, f"{token} is revoked.")
    return redirect("tokens")


def _staff(request: HttpRequest) -> Any:
    person = person_of(request)
    if not person.is_staff:
        raise Http404
    return person
