"""On *Needs attention*: the same done with several deliveries, copies or leads, after saying what will happen and to how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from distribution.admin.story.unrouted import ids_of
from distribution.enums import LOST_STATES, DeliveryState
from distribution.models import Delivery, DeliveryCopy
from distribution.services.again import give_up_copies, send_copies_again, send_many_again
from distribution.services.anew import offer_anew, undelivered
from distribution.services.rerun import rerun_leads
from distribution.services.unstick import give_up, try_now
from leads.clock import database_now
from leads.menu import page
from leads.models import Lead

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with many. The texts have a place for how many, such as “3 leads”."""

    what: str
    button: str
    asks: str
    will: str
    done: str
    find: Callable[[Any, Sequence[UUID]], Any]
    does: Callable[[Sequence[UUID], Any, datetime], int]


def _doubted(user: Any, ids: Sequence[UUID]) -> Any:
    return Delivery.objects.visible_to(user).filter(pk__in=ids, state=DeliveryState.UNKNOWN)


def _undelivered(user: Any, ids: Sequence[UUID]) -> Any:
    return undelivered(ids).filter(pk__in=Delivery.objects.visible_to(user))


def _past(ids: Sequence[UUID], by: Any, now: datetime) -> int:
    """Return how many deliveries had a lead that went on."""
    leads = dict(undelivered(ids).values_list("pk", "lead"))
    return len(leads) if rerun_leads(lead_ids=list(set(leads.values())), by=by, now=now) else 0


def _lost(user: Any, ids: Sequence[UUID]) -> Any:
    return DeliveryCopy.objects.filter(pk__in=ids, state__in=LOST_STATES, delivery__in=Delivery.objects.visible_to(user))


def _stuck(user: Any, ids: Sequence[UUID]) -> Any:
    return Lead.objects.visible_to(user).filter(pk__in=ids, due_at__isnull=False).exclude(stuck_reason="")


def _each(verb: Callable[..., bool]) -> Callable[[Sequence[UUID], Any, datetime], int]:
    def does(ids: Sequence[UUID], by: Any, now: datetime) -> int:
        return sum(verb(lead=lead, by=by, now=now) for lead in Lead.objects.filter(pk__in=ids).order_by("received_at", "pk"))

    return does


ACTS: dict[str, Act] = {
    "again": Act(
        "delivery in doubt",
        "Send again",
        "Send {} again?",
        "Each goes to the same client, as the same request under the same key, so that the client can tell a repeat. "
        "A yes makes it a sale; after anything else it stays in doubt. Meanwhile nobody else is offered the lead.",
        "{} sent again. What the clients answer decides.",
        _doubted,
        lambda ids, by, now: send_many_again(deliveries=ids, by=by, now=now),
    ),
    "anew": Act(
        "delivery that failed",
        "Offer anew",
        "Offer the leads of {} anew?",
        "Each lead goes through the routes of its campaign, by the settings in force, and these clients may get it once more: as a new "
        "delivery, which counts in caps and shares. Other clients that refused it or failed before are not asked again.",
        "{} offered anew. The leads’ pages say who gets them.",
        _undelivered,
        lambda ids, by, now: offer_anew(deliveries=ids, by=by, now=now),
    ),
    "past": Act(
        "delivery that failed",
        "Route past them",
        "Route the leads of {} past these clients?",
        "Each lead goes through the routes of its campaign, by the settings in force. No client that refused it or failed before "
        "is asked again.",
        "The leads of {} go through their routes again.",
        _undelivered,
        _past,
    ),
    "copy_again": Act(
        "copy",
        "Send again",
        "Send {} again?",
        "Each goes to its client once more, and is tried for up to four hours. The sales stay as they are.",
        "{} sent again.",
        _lost,
        lambda ids, by, now: send_copies_again(copies=ids, by=by, now=now),
    ),
    "copy_give_up": Act(
        "copy",
        "Give up",
        "Give up {}?",
        "They are not sent any more and stand here no longer. The sales stay as they are.",
        "{} given up. The sales stay.",
        _lost,
        lambda ids, by, now: give_up_copies(copies=ids, by=by, now=now),
    ),
    "lead_now": Act(
        "lead set aside",
        "Route now",
        "Route {} now?",
        "Each goes through the routes of its campaign at once, by the settings in force, and counts in caps and shares like a new lead.",
        "{} tried again now.",
        _stuck,
        _each(try_now),
    ),
    "lead_give_up": Act(
        "lead set aside",
        "Give up",
        "Give up {}?",
        "They are not tried any more and stand among the unrouted leads, from where they can be routed again. What is sold stays sold.",
        "{} given up. They stand among the unrouted leads.",
        _stuck,
        _each(give_up),
    ),
}
PLURALS = {
    "delivery in doubt": "deliveries in doubt",
    "delivery that failed": "deliveries that failed",
    "copy": "copies",
    "lead set aside": "leads set aside",
}


@page(None, address="distribution/attention/many/", name="attention_many", permission="distribution.settle_delivery")
def many_page(request: HttpRequest) -> HttpResponse:
    act = ACTS.get(request.POST.get("do", "")) if request.method == "POST" else None
    if act is None:
        raise Http404
    ticked = request.POST.getlist("id") or request.POST.getlist("delivery")
    if len(ticked) > MOST_AT_ONCE:
        messages.warning(request, f"{len(ticked)} are too many at once, so nothing was done. Tick at most {MOST_AT_ONCE}.")
        return redirect("admin:attention")
    picked = list(act.find(request.user, ids_of(ticked)).values_list("pk", flat=True))
    if not picked:
        messages.warning(request, f"No {act.what} was ticked that still waits, so nothing was done.")
        return redirect("admin:attention")
    if "confirmed" in request.POST:
        return _do(request, act, picked)
    told = {"title": act.asks.format(_number(act, len(picked))), "act": act, "do": request.POST["do"], "picked": picked}
    told |= {"action": reverse("admin:attention_many"), "name": "id"}
    return TemplateResponse(
        request, "distribution/attention_confirm.html", admin.site.each_context(request) | told | {"back": reverse("admin:attention")}
    )


def _do(request: HttpRequest, act: Act, picked: list[UUID]) -> HttpResponse:
    done = act.does(picked, request.user, database_now())
    if done:
        messages.success(request, act.done.format(_number(act, done)))
    if left := len(picked) - done:
        messages.warning(
            request, f"{_number(act, left)} left as {'it was' if left == 1 else 'they were'}: each page says what stands against it."
        )
    return redirect("admin:attention")


def _number(act: Act, number: int) -> str:
    return f"1 {act.what}" if number == 1 else f"{number:,} {PLURALS[act.what]}"
