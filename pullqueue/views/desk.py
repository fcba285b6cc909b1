"""The rep's page and what is done on it. A lead that is not theirs is the same 404 as one that does not exist."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from leads.clock import database_now
from leads.viewer import person_of
from pullqueue.desk import Card, beside, card_of, in_hand, outcomes, to_undo, why_empty
from pullqueue.enums import Role, Then
from pullqueue.models import Disposition, Notice, User
from pullqueue.queries import choices_of
from pullqueue.services.pull import pull_next
from pullqueue.services.work import Refused, record_call, record_disposition, release_hold, undo_disposition

EMPTY = "desk_empty"
"""Where the session keeps why the last pull brought nothing: counts and sentences, no lead."""

type View = Callable[..., HttpResponse]


def for_reps(view: View) -> View:
    """Let reps in, and note that they are here; everybody else finds nothing."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, **ids: Any) -> HttpResponse:
        person, now = person_of(request), database_now()
        if person.role != Role.REP:
            raise Http404
        User.objects.filter(pk=person.pk).update(seen_at=now)
        return view(request, now=now, **ids)

    return checked


@require_safe
@for_reps
def desk(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The lead in hand, or the button that pulls one."""
    user = person_of(request)
    lead_id = in_hand(user)
    card = card_of(user, lead_id, now=now) if lead_id else None
    return _show(request, card, now=now)


@require_safe
@for_reps
def desk_lead(request: HttpRequest, *, lead_id: UUID, now: datetime) -> HttpResponse:
    """A lead that the user holds, owns, or is to call back."""
    return _show(request, _card(request, lead_id, now=now), now=now)


def _card(request: HttpRequest, lead_id: UUID, *, now: datetime) -> Card:
    card = card_of(person_of(request), lead_id, now=now)
    if card is None:
        raise Http404
    return card


def _show(request: HttpRequest, card: Card | None, *, now: datetime) -> HttpResponse:
    user = person_of(request)
    told = {
        "card": card,
        "now": now,
        "outcomes": outcomes() if card else [],
        "undo": to_undo(user, now=now),
        "empty": None if card else request.session.get(EMPTY),
        "branch": user.branch,
        "away": user.away,
        "user_id": user.pk,
    }
    return render(request, "desk.html", told | beside(user, now=now))


@require_POST
@for_reps
def desk_pull(request: HttpRequest, *, now: datetime) -> HttpResponse:
    _pull(request, now=now)
    return redirect("desk")


def _pull(request: HttpRequest, *, now: datetime) -> None:
    pulled = pull_next(user=person_of(request), now=now)
    request.session.pop(EMPTY, None)
    if pulled.lead is None and pulled.reason != "holding_limit":
        request.session[EMPTY] = why_empty(pulled.reason, pulled.waiting, now=now)


@require_POST
@for_reps
def desk_call(request: HttpRequest, *, lead_id: UUID, now: datetime) -> HttpResponse:
    """Check again, write down the attempt, and say the number to dial. The script opens it; without one it is read."""
    card = _card(request, lead_id, now=now)
    by_script = "application/json" in request.headers.get("Accept", "")
    try:
        record_call(user=person_of(request), lead_id=lead_id, now=now)
    except Refused as refused:
        if by_script:
            return JsonResponse({"problem": str(refused)}, status=409)
        messages.error(request, str(refused))
        return redirect("desk_lead", lead_id=lead_id)
    if by_script:
        return JsonResponse({"dial": f"tel:{card.lead.phone}"})
    messages.success(request, f"The attempt is recorded. Dial {card.lead.phone}.")
    return redirect("desk_lead", lead_id=lead_id)


@require_POST
@for_reps
def desk_outcome(request: HttpRequest, *, lead_id: UUID, now: datetime) -> HttpResponse:
    """Write down the outcome, and bring the next lead at once."""
    card = _card(request, lead_id, now=now)
    chosen = request.POST.get("outcome", "")
    found = Disposition.objects.filter(pk=int(chosen), archived_at=None).first() if chosen.isdecimal() and len(chosen) < 10 else None
    if found is None:
        messages.error(request, "This outcome is not offered any more. Choose another one.")
        return redirect("desk_lead", lead_id=lead_id)
    try:
        record_disposition(
            user=person_of(request),
            lead_id=lead_id,
            disposition=found,
            now=now,
            callback_at=_callback(request, card) if found.then == Then.CALLBACK else None,
            note=request.POST.get("note", "").replace("\x00", "").strip(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("desk_lead", lead_id=lead_id)
    if card.hold is not None:
        _pull(request, now=now)
    return redirect("desk")


def _callback(request: HttpRequest, card: Card) -> datetime | None:
    """What was picked, by the clock where the lead is; None when nothing or nonsense was."""
    try:
        wall = datetime.fromisoformat(request.POST.get("callback_at", ""))
    except ValueError:
        return None
    if card.zone is None or wall.tzinfo is not None or not 2000 < wall.year < 2100:
        return None
    return wall.replace(tzinfo=card.zone)


@require_POST
@for_reps
def desk_release(request: HttpRequest, *, lead_id: UUID, now: datetime) -> HttpResponse:
    _card(request, lead_id, now=now)
    try:
        release_hold(user=person_of(request), lead_id=lead_id, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The lead is back in the queue.")
    return redirect("desk")


@require_POST
@for_reps
def desk_undo(request: HttpRequest, *, result_id: UUID, now: datetime) -> HttpResponse:
    try:
        result = undo_disposition(user=person_of(request), result_id=result_id, now=now)
    except Refused as refused:
        if refused.code == "not_held":
            raise Http404 from None
        messages.error(request, str(refused))
        return redirect("desk")
    return redirect("desk_lead", lead_id=result.lead_id)


@require_POST
@for_reps
def desk_away(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Switch between active and away; what is held stays held until its time is over."""
    person = get_object_or_404(User, pk=person_of(request).pk)
    User.objects.filter(pk=person.pk).update(away=not person.away)
    if not person.away and in_hand(person):
        messages.warning(request, "You are away, and still hold a lead until its time runs out. Pick its outcome or release it.")
    return redirect("desk")


@require_POST
@for_reps
def desk_seen(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The page's heartbeat; answers how many notices wait to be read."""
    return JsonResponse({"notices": Notice.objects.filter(user=person_of(request), read_at=None).count()})


@require_POST
@for_reps
def desk_notices(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The notices that were on screen are read; one that came later is not."""
    shown = [int(one) for one in request.POST.getlist("notice") if one.isascii() and one.isdecimal() and len(one) < 19]
    Notice.objects.filter(user=person_of(request), pk__in=shown, read_at=None).update(read_at=now)
    return redirect("desk")


@require_POST
@for_reps
def desk_strategy(request: HttpRequest, *, strategy_id: int, now: datetime) -> HttpResponse:
    """Pull from a strategy or leave it out, where that is the user's choice."""
    found = next((one for one in choices_of(person_of(request)) if one.strategy_id == strategy_id), None)
    if found is None:
        raise Http404
    found.chosen = not found.chosen
    found.save(update_fields=["chosen"])
    messages.success(request, f"You {'pull' if found.chosen else 'do not pull'} from {found.strategy} from now on.")
    return redirect("desk")
