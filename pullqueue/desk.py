"""What a rep's page shows: the lead in hand, what is due, and the day so far. Reads only."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from leads.models import Lead
from leads.viewer import said_zone, viewer
from leads.words import phone
from pullqueue.domain.calling import closes_at, opens_at
from pullqueue.domain.reasons import Waiting, sentence
from pullqueue.enums import Place, ResultState
from pullqueue.locks import enter_floor
from pullqueue.models import CallAttempt, Disposition, Hold, Notice, Placement, Result, User
from pullqueue.queries import choices_of
from pullqueue.services.entries import spot_of_lead
from pullqueue.services.pull import call_refused
from pullqueue.services.work import is_theirs, obeys_no_hours

SHOWN = 20
HISTORY = 30


class Fact(NamedTuple):
    label: str
    value: str


class Card(NamedTuple):
    """A lead in hand. `refused` says why it may not be called now; `closes_at` is the end of its window."""

    lead: Lead
    placement: Placement
    hold: Hold | None
    facts: list[Fact]
    zone: ZoneInfo | None
    refused: str
    closes_at: datetime | None
    opens_at: datetime | None
    called: bool
    past: list[Result]

    @property
    def zone_name(self) -> str:
        return said_zone(self.zone) if self.zone else ""


def card_of(user: User, lead_id: UUID, *, now: datetime) -> Card | None:
    """The lead as its user sees it; None for one that is not theirs, or does not exist."""
    placement = Placement.objects.select_related("lead__campaign", "lead__lead_type").filter(pk=lead_id).first()
    if placement is None or not is_theirs(user, placement):
        return None
    if Result.objects.filter(lead=lead_id, state=ResultState.PENDING).exists():
        return None
    lead, hold = placement.lead, Hold.objects.select_related("strategy").filter(lead=lead_id, user=user, ended_at=None).first()
    free, spot = hold is not None and obeys_no_hours(hold), spot_of_lead(lead)
    with transaction.atomic():
        floor = enter_floor()
        code = "" if free else call_refused(lead, placement, floor, now=now)
    past = Result.objects.select_related("user", "disposition").filter(lead=lead, state=ResultState.APPLIED)
    return Card(
        lead=lead,
        placement=placement,
        hold=hold,
        facts=list(facts_of_card(lead)),
        zone=ZoneInfo(lead.zones[0]) if lead.zones else None,
        refused=sentence(code) if code else "",
        closes_at=None if free or code else closes_at(floor.rules, spot, now),
        opens_at=opens_at(floor.rules, spot, now) if code == "outside_hours" else None,
        called=hold is not None and hold.called_at is not None,
        past=list(past[:HISTORY]),
    )


def facts_of_card(lead: Lead) -> Iterable[Fact]:
    """What is known of the person, without what the company paid."""
    where = " ".join(part for part in (lead.state, lead.zip) if part)
    told: dict[str, Any] = {
        "Second phone": phone(lead.phone2),
        "E-mail": lead.email,
        "Lives in": ", ".join(part for part in (lead.address, lead.city, where) if part),
        "Born": f"{lead.date_of_birth:%-d %B %Y}" if lead.date_of_birth else "",
    }
    for field in lead.lead_type.fields.all():
        told[field.label or field.name] = lead.custom.get(field.name)
    told |= {"Consent": lead.consent_text, "Consent given at": lead.consent_url}
    return (Fact(label, _said(value)) for label, value in told.items() if value not in (None, "", [], {}))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def in_hand(user: User) -> UUID | None:
    """The pulled lead that the user works on, the newest first."""
    picked = Result.objects.filter(state=ResultState.PENDING, hold__isnull=False).values("hold")
    found = Hold.objects.filter(user=user, ended_at=None).exclude(pk__in=picked).order_by("-at")
    return found.values_list("lead_id", flat=True).first()


def to_undo(user: User, *, now: datetime) -> Result | None:
    """The outcome that the user can still take back."""
    open_ones = Result.objects.select_related("lead", "disposition").filter(user=user, state=ResultState.PENDING, due_at__gt=now)
    return open_ones.order_by("-at").first()


def outcomes() -> list[Disposition]:
    return list(Disposition.objects.filter(archived_at=None))


def beside(user: User, *, now: datetime) -> dict[str, Any]:
    """Callbacks, own and held leads, and the day: what stands beside the card."""
    rows = Placement.objects.select_related("lead")
    callbacks = rows.filter(callback_by=user, place=Place.CALLBACK).order_by("callback_at")[:SHOWN]
    own = rows.filter(owner=user, place__in=[Place.OWNED, Place.READY]).order_by("-since")[:SHOWN]
    held = rows.filter(holder=user).order_by("-since")[:SHOWN]
    told = {"callbacks": callbacks, "own": own, "held": held, "day": day_of(user, now=now)}
    return told | {"notices": notices_for(user), "choices": choices_of(user)}


def notices_for(user: User) -> list[tuple[Notice, bool]]:
    """What the user has not read yet, the newest first, each with whether its lead is still theirs."""
    rows = Notice.objects.filter(user=user, read_at=None).select_related("lead__placement")[:SHOWN]
    return [(one, one.lead is not None and hasattr(one.lead, "placement") and is_theirs(user, one.lead.placement)) for one in rows]


def day_of(user: User, *, now: datetime) -> dict[str, Any]:
    """Counted since midnight in the user's zone."""
    begin = viewer().local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    calls = CallAttempt.objects.filter(user=user, at__gte=begin)
    rows = calls.values_list("at", "lead__placement__first_attempt_at", "lead__received_at")
    first = [at - received for at, first_at, received in rows if at == first_at]
    return {
        "pulled": Hold.objects.filter(user=user, at__gte=begin).count(),
        "attempts": len(rows),
        "contacts": Result.objects.filter(user=user, at__gte=begin, contacted=True).exclude(state=ResultState.UNDONE).count(),
        "first": spoken_time(timedelta(seconds=median(one.total_seconds() for one in first))) if first else "–",
    }


def spoken_time(length: timedelta) -> str:
    minutes = max(0, round(length.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def why_empty(reason: str, waiting: Mapping[str, Waiting], *, now: datetime) -> dict[str, Any]:
    """An empty pull in words: the commonest reason, and the count behind each."""
    rows = [{"count": one.count, "text": sentence(code), "when": _first(one, now=now)} for code, one in waiting.items()]
    return {"title": sentence(reason), "rows": rows}


def _first(one: Waiting, *, now: datetime) -> str:
    if one.first_at is None:
        return ""
    wait = spoken_time(one.first_at - now)
    if not one.where:
        return f"the next in {wait}"
    zone = ZoneInfo(one.where)
    return f"the first opens {one.first_at.astimezone(zone):%-H:%M} {said_zone(zone)}, in {wait}"
