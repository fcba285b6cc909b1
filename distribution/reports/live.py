"""What comes in and where it goes, as it happens: the newest leads with every offer, and the last half hour by minute."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import TruncMinute

from distribution.models import Delivery
from leads.enums import LeadOutcome, LeadStatus
from leads.models import Lead

SHOWN = 40
MINUTES = 30


class Arrived(NamedTuple):
    """A lead with its offers, the first one first, and the word for where it stands."""

    lead: Lead
    state: str
    word: str
    offers: list[Delivery]


class Minute(NamedTuple):
    at: datetime
    taken: int
    sold: int


class Live(NamedTuple):
    """`minutes` are the last thirty, the present one last."""

    rows: list[Arrived]
    minutes: list[Minute]

    @property
    def taken(self) -> int:
        return sum(minute.taken for minute in self.minutes)

    @property
    def sold(self) -> int:
        return sum(minute.sold for minute in self.minutes)

    @property
    def most(self) -> int:
        return max([minute.taken for minute in self.minutes] + [1])


def live(leads: Any, *, now: datetime) -> Live:
    """Look at the newest of these leads; three queries that read by index and no more rows as the tables grow."""
    newest = list(leads.select_related("campaign__source").order_by("-received_at", "-id")[:SHOWN])
    offers: dict[Any, list[Delivery]] = defaultdict(list)
    for delivery in Delivery.objects.filter(lead__in=newest).select_related("client").order_by("number"):
        offers[delivery.lead_id].append(delivery)
    return Live([Arrived(lead, *_stands(lead), offers[lead.pk]) for lead in newest], _minutes(leads, now))


def _stands(lead: Lead) -> tuple[str, str]:
    """An accepted lead stands where its routes brought it, any other where intake did."""
    if lead.status == LeadStatus.ACCEPTED:
        return lead.outcome, str(LeadOutcome(lead.outcome).label)
    return lead.status, str(LeadStatus(lead.status).label)


def _minutes(leads: Any, now: datetime) -> list[Minute]:
    last = now.replace(second=0, microsecond=0)
    first = last - timedelta(minutes=MINUTES - 1)
    rows = (
        leads.filter(received_at__gte=first, received_at__lte=now, status=LeadStatus.ACCEPTED)
        .order_by()
        .values(minute=TruncMinute("received_at"))
        .annotate(taken=Count("id"), sold=Count("id", filter=Q(outcome=LeadOutcome.SOLD)))
    )
    found = {row["minute"]: Minute(row["minute"], row["taken"], row["sold"]) for row in rows}
    every = [first + timedelta(minutes=number) for number in range(MINUTES)]
    return [found.get(at, Minute(at, 0, 0)) for at in every]
