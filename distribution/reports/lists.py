"""The rows that a number of the delivery report counts, as a list: each number opens its own.

A number is named in an address as its measure, days and narrowing: `sold.20261101.20261125.client-5.state-TX`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractHour

from distribution.enums import DeliveryState, Tracking
from distribution.models import SOLD_STATES, Delivery, ReturnState
from distribution.reports.asked import FILTERS, Days, is_key
from leads.domain.clocks import instant
from leads.enums import LeadStatus
from leads.models import Lead

CODE = re.compile(r"[a-z_]{1,20}|\d{1,18}|-", re.ASCII)
POOL = re.compile(r"[\w:-]{1,60}", re.ASCII)

type Counted = tuple[str, Q]
"""The column whose day counts, and which rows."""

OF_DELIVERIES: dict[str, Counted] = {
    "offered": ("created", Q()),
    "sold": ("finished_at", Q(state__in=SOLD_STATES)),
    "shared": ("finished_at", Q(state__in=SOLD_STATES) & (Q(booking__credits__has_key="unit") | Q(booking__percentage__has_key="unit"))),
    "refused": ("finished_at", Q(state=DeliveryState.REJECTED)),
    "failed": ("finished_at", Q(state=DeliveryState.FAILED)),
    "doubted": ("finished_at", Q(state=DeliveryState.UNKNOWN)),
    "cancelled": ("finished_at", Q(state=DeliveryState.CANCELLED)),
    "returned": ("returns__decided_at", Q(returns__state=ReturnState.GRANTED)),
    "mailed": ("finished_at", ~Q(tracking=Tracking.NONE)),
    "arrived": ("finished_at", Q(tracking__in=[Tracking.DELIVERED, Tracking.OPENED, Tracking.CLICKED])),
    "opened": ("finished_at", Q(tracking__in=[Tracking.OPENED, Tracking.CLICKED])),
    "clicked": ("finished_at", Q(tracking=Tracking.CLICKED)),
    "bounced": ("finished_at", Q(tracking=Tracking.BOUNCED)),
}
SAID = {
    "offered": "Offered",
    "sold": "Sold",
    "shared": "Sold by shares",
    "refused": "Refused",
    "failed": "Failed",
    "doubted": "In doubt",
    "cancelled": "Cancelled",
    "returned": "Returned",
    "mailed": "Mails",
    "arrived": "Delivered",
    "opened": "Opened",
    "clicked": "Clicked",
    "bounced": "Bounced",
    "leads": "Leads in",
    "unsold": "Nobody bought",
}
OF_LEADS = frozenset({"leads", "unsold"})
OF_UNSOLD = {"why": "unsold__reason", "miss": "unsold__miss", "near": "unsold__account"}
"""Narrowings of leads that nobody bought: the reason, the check that came nearest, and the account that failed it."""
OF_DELIVERY = {
    "client": "client",
    "account": "account",
    "campaign": "lead__campaign",
    "source": "lead__campaign__source",
    "lead_type": "lead__lead_type",
    "state": "lead__state",
    "pool": "pool",
}
OF_LEAD = {"campaign": "campaign", "source": "campaign__source", "lead_type": "lead_type", "state": "state"}


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a report."""

    measure: str
    days: Days
    filters: Mapping[str, str]

    @property
    def text(self) -> str:
        parts = [self.measure, f"{self.days.first:%Y%m%d}", f"{self.days.last:%Y%m%d}"]
        return ".".join([*parts, *(f"{name}-{value}" for name, value in self.filters.items())])

    @property
    def said(self) -> str:
        """What stands on the list's chip."""
        narrowed = f", {len(self.filters)} filter{'s' * (len(self.filters) > 1)}" if self.filters else ""
        return f"{SAID[self.measure]}, {self.days.said}{narrowed}"

    @property
    def is_of_leads(self) -> bool:
        return self.measure in OF_LEADS


def parse(text: str) -> Number | None:
    """Read a number's text; None when it is none."""
    measure, *rest = text.split(".")
    if measure not in SAID or len(rest) < 2:
        return None
    try:
        first, last = (date.fromisoformat(day) for day in rest[:2])
    except ValueError:
        return None
    filters = {}
    for part in rest[2:]:
        name, _, value = part.partition("-")
        if not _is_known(measure, name, value):
            return None
        filters[name] = value
    if not (2000 <= first.year <= last.year <= 2200) or (measure in OF_LEADS and {"client", "account"} & set(filters)):
        return None
    return Number(measure, Days(first, last), filters)


def _is_known(measure: str, name: str, value: str) -> bool:
    if name in FILTERS:
        return is_key(name, value)
    if name == "pool":
        return measure not in OF_LEADS and bool(POOL.fullmatch(value))
    return name in OF_UNSOLD and measure == "unsold" and bool(CODE.fullmatch(value))


def deliveries_of(rows: QuerySet[Delivery], number: Number, zone: ZoneInfo) -> QuerySet[Delivery]:
    """The deliveries that a number counts. Raises KeyError for a number of leads."""
    column, which = OF_DELIVERIES[number.measure]
    rows = rows.filter(which & _within(column, number.days, zone), lead__is_test=False)
    return _narrowed(rows, number.filters, OF_DELIVERY, column, zone)


def leads_of(rows: QuerySet[Lead], number: Number, zone: ZoneInfo) -> QuerySet[Lead]:
    """The leads that came in, or those of them that nobody bought."""
    rows = rows.filter(_within("received_at", number.days, zone), status=LeadStatus.ACCEPTED, is_test=False)
    if number.measure == "unsold":
        rows = rows.filter(unsold__isnull=False)
    return _narrowed(rows, number.filters, OF_LEAD | OF_UNSOLD, "received_at", zone)


def _within(column: str, days: Days, zone: ZoneInfo) -> Q:
    start = instant(datetime.combine(days.first, time()), zone)
    end = instant(datetime.combine(days.last + timedelta(days=1), time()), zone)
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def _narrowed(rows: Any, filters: Mapping[str, str], ways: Mapping[str, str], column: str, zone: ZoneInfo) -> Any:
    for name, value in filters.items():
        if name == "hour":
            rows = rows.annotate(report_hour=ExtractHour(column, tzinfo=zone)).filter(report_hour=int(value))
        elif name == "state":
            rows = rows.filter(**{ways[name]: "" if value == "-" else value.upper()})
        elif name in ("why", "miss", "pool"):
            rows = rows.filter(**{ways[name]: "" if value == "-" else value})
        else:
            rows = rows.filter(**{ways[name]: int(value)})
    return rows
