"""Unrouted leads as they are told: each with the reason from every route, and what a re-run would bring."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from clients.models import Client
from distribution.domain.explain import why_nobody
from distribution.domain.step import Candidate, Stop
from distribution.events import ROUTES
from distribution.models import Decision
from distribution.services.preview import preview
from leads.enums import Route
from leads.models import Event, Lead


@dataclass(frozen=True, slots=True)
class UnroutedTold:
    lead: Lead
    reasons: list[tuple[str, str]]
    """Routes and why they did not take the lead, in the order in which they were asked."""
    runs: int


def unrouted_told(leads: Sequence[Lead]) -> list[UnroutedTold]:
    """Tell why nobody has these leads; two queries, however many they are."""
    wanted = [lead.pk for lead in leads]
    latest = Decision.objects.filter(lead__in=wanted).order_by("lead_id", "-run").distinct("lead_id").defer("inputs")
    decisions = {one.lead_id: one for one in latest}
    events = Event.objects.filter(lead__in=wanted, kind="lead.unrouted").order_by("lead_id", "-at", "-id").distinct("lead_id")
    passed = {event.lead_id: event.data.get("routes", {}) for event in events}
    return [_told(lead, passed.get(lead.pk, {}), decisions.get(lead.pk)) for lead in leads]


def _told(lead: Lead, passed: dict[str, str], decision: Decision | None) -> UnroutedTold:
    routes = [route for route in lead.campaign.routes if route in passed] or list(passed)
    by_reason: dict[str, list[str]] = {}
    for route in routes:
        by_reason.setdefault(_why(route, passed[route], decision), []).append(route)
    reasons = [(begun(", ".join(alike)), why) for why, alike in by_reason.items()]
    return UnroutedTold(lead, reasons or [("Routes", "The reasons are not kept any more.")], decision.run if decision else 0)


def _why(route: str, reason: str, decision: Decision | None) -> str:
    if route == Route.DISTRIBUTE and decision is not None:
        return begun(why_nobody([Candidate.of(row) for row in decision.trace.get("candidates", [])]))
    return begun(ROUTES.get(reason, reason.replace("_", " ")))


def begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def skipped_for(leads: QuerySet[Lead], reason: str) -> QuerySet[Lead]:
    """Narrow down to leads whose latest distribution skipped somebody for the reason."""
    latest = Decision.objects.filter(lead=OuterRef("pk"), trace__candidates__contains=[[reason]])
    return leads.filter(Exists(latest.exclude(lead__decisions__run__gt=F("run"))))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a re-run would bring: of `asked` leads so many would be offered to somebody, and to whom first."""

    asked: int
    finds: int
    firsts: list[tuple[str, int]]


def forecast(leads: Iterable[Lead], *, now: datetime) -> Forecast:
    """Decide over the leads in memory, each as if it were the next."""
    firsts: Counter[int] = Counter()
    asked = 0
    for lead in leads:
        asked += 1
        step = preview(lead=lead, now=now).step
        if step.stop is Stop.OFFER and step.offer is not None:
            firsts[step.offer.client] += 1
    names = dict(Client.objects.filter(pk__in=firsts).values_list("pk", "name"))
    return Forecast(asked, firsts.total(), [(names[client], number) for client, number in firsts.most_common(5)])


def ids_of(texts: Iterable[str]) -> list[UUID]:
    """Read ids that a form sent; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
