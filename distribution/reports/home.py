"""Rows for Home: today against the same weekday last week, in the company's zone. Test leads count nowhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncHour

from distribution.enums import DeliveryState
from distribution.models import SOLD_STATES, Delivery, Return
from leads.domain.clocks import instant
from leads.enums import LeadOutcome, LeadStatus
from leads.models import Lead

SPARK_DAYS = 14
ROWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Span:
    """Half open, in time."""

    start: datetime
    end: datetime

    def of(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self.start, f"{column}__lt": self.end})


@dataclass(frozen=True, slots=True)
class Days:
    """Today until now, and the same weekday last week until the same wall time."""

    today: Span
    then: Span
    then_whole: Span
    zone: ZoneInfo
    local: datetime

    @classmethod
    def at(cls, now: datetime, zone: ZoneInfo) -> "Days":
        local = now.astimezone(zone)
        before = local.date() - timedelta(days=7)
        begin = instant(datetime.combine(local.date(), time()), zone)
        then = instant(datetime.combine(before, time()), zone)
        same_time = instant(datetime.combine(before, local.time()), zone)
        after = instant(datetime.combine(before + timedelta(days=1), time()), zone)
        return cls(Span(begin, now), Span(then, same_time), Span(then, after), zone, local)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it is compared with. `good` says which way is better; None for neither."""

    label: str
    value: Decimal
    before: Decimal
    is_money: bool = False
    good: int | None = 1
    note: str = ""
    link: str = ""

    @property
    def change(self) -> Decimal | None:
        """Percent; None when there is nothing to compare with."""
        return (self.value - self.before) * 100 / self.before if self.before > 0 else None

    @property
    def tone(self) -> str:
        change = self.change
        if not change or self.good is None:
            return ""
        return "good" if (change > 0) == (self.good > 0) else "bad"


def figures(days: Days) -> list[Figure]:
    """Leads in, sold, revenue, cost and margin; three queries."""
    leads = _lead_sums(days)
    sales = _sale_sums(days)
    cost, cost_before = (leads[name] or Decimal(0) for name in ("spent", "spent_before"))
    revenue, revenue_before = (sales[name] or Decimal(0) for name in ("revenue", "revenue_before"))
    margin, margin_before = revenue - cost, revenue_before - cost_before
    sold_note = f"{leads['sold'] * 100 / leads['taken']:.1f}% of leads" if leads["taken"] else ""
    margin_note = f"{margin * 100 / revenue:.1f}% of revenue" if revenue else ""
    return [
        Figure("Leads in", Decimal(leads["taken"]), Decimal(leads["taken_before"]), link="admin:leads_lead_changelist"),
        Figure("Sold", Decimal(leads["sold"]), Decimal(leads["sold_before"]), note=sold_note, link="admin:leads_lead_changelist"),
        Figure("Revenue", revenue, revenue_before, is_money=True, link="admin:distribution_delivery_changelist"),
        Figure("Cost", cost, cost_before, is_money=True, good=None, link="admin:leads_lead_changelist"),
        Figure("Margin", margin, margin_before, is_money=True, note=margin_note, link="admin:distribution_delivery_changelist"),
    ]


def _lead_sums(days: Days) -> dict[str, Any]:
    today, then = days.today.of("received_at"), days.then.of("received_at")
    sold = Q(outcome=LeadOutcome.SOLD)
    return Lead.objects.filter(today | then, is_test=False, status=LeadStatus.ACCEPTED).aggregate(
        taken=Count("id", filter=today),
        taken_before=Count("id", filter=then),
        sold=Count("id", filter=today & sold),
        sold_before=Count("id", filter=then & sold),
        spent=Sum("cost", filter=today),
        spent_before=Sum("cost", filter=then),
    )


def _sale_sums(days: Days) -> dict[str, Any]:
    today, then = days.today.of("created"), days.then.of("created")
    sums = Delivery.objects.filter(today | then, state__in=SOLD_STATES, lead__is_test=False)
    sold = sums.aggregate(revenue=Sum("price", filter=today), revenue_before=Sum("price", filter=then))
    back = _returned(days).aggregate(
        revenue=Sum("price", filter=_booked(days.today)), revenue_before=Sum("price", filter=_booked(days.then))
    )
    return {name: (sold[name] or Decimal(0)) - (back[name] or Decimal(0)) for name in sold}


def _returned(days: Days) -> QuerySet[Return]:
    """Returns granted on either day: each is a booking of its own, and leaves the day of its sale as it was."""
    return Return.objects.granted().filter(_booked(days.today) | _booked(days.then), delivery__lead__is_test=False)


def _booked(span: Span) -> Q:
    return span.of("decided_at")


@dataclass(slots=True)
class Hour:
    """One hour of the day: leads in, those of them sold, and leads in a week ago (the whole day)."""

    hour: int
    taken: int = 0
    sold: int = 0
    before: int = 0


def hours(days: Days) -> list[Hour]:
    """Return the 24 hours of the company's day; one query. A change of clocks puts two hours into one."""
    ranges = days.today.of("received_at") | days.then_whole.of("received_at")
    rows = (
        Lead.objects.filter(ranges, is_test=False, status=LeadStatus.ACCEPTED)
        .order_by()
        .values(hour=TruncHour("received_at", tzinfo=days.zone))
        .annotate(taken=Count("id"), sold=Count("id", filter=Q(outcome=LeadOutcome.SOLD)))
    )
    day = [Hour(hour) for hour in range(24)]
    for row in rows:
        slot = day[row["hour"].astimezone(days.zone).hour]
        if row["hour"] >= days.today.start:
            slot.taken += row["taken"]
            slot.sold += row["sold"]
        else:
            slot.before += row["taken"]
    return day


@dataclass(slots=True)
class ClientRow:
    """One client's day. `spark` is sold a day, oldest first."""

    client_id: int
    name: str
    offered: int = 0
    sold: int = 0
    refused: int = 0
    failed: int = 0
    revenue: Decimal = Decimal(0)
    before: Decimal = Decimal(0)
    spark: list[int] = field(default_factory=list)
    clients: int = 1

    @property
    def rate(self) -> Decimal | None:
        """Percent of the answered offers that were accepted."""
        answered = self.sold + self.refused + self.failed
        return Decimal(self.sold * 100) / answered if answered else None

    @property
    def change(self) -> Decimal | None:
        return (self.revenue - self.before) * 100 / self.before if self.before > 0 else None

    @property
    def tone(self) -> str:
        return "" if not self.change else "good" if self.change > 0 else "bad"


@dataclass(frozen=True, slots=True)
class ClientReport:
    rows: list[ClientRow]
    rest: ClientRow | None
    total: ClientRow


def client_report(days: Days) -> ClientReport:
    """Return the clients by revenue, those beyond ten as one row, and the total; three queries."""
    today, then = days.today.of("created"), days.then.of("created")
    sold = Q(state__in=SOLD_STATES)
    found = (
        Delivery.objects.filter(today | then, lead__is_test=False)
        .order_by()
        .values("client_id", "client__name")
        .annotate(
            offered=Count("id", filter=today),
            sold=Count("id", filter=today & sold),
            refused=Count("id", filter=today & Q(state=DeliveryState.REJECTED)),
            failed=Count("id", filter=today & Q(state__in=[DeliveryState.FAILED, DeliveryState.UNKNOWN])),
            revenue=Sum("price", filter=today & sold),
            before=Sum("price", filter=then & sold),
        )
    )
    sparks = _sparks(days)
    rows = [_row(one, sparks) for one in found]
    _take_back(rows, days)
    rows.sort(key=lambda row: (-row.revenue, -row.sold, row.name))
    beyond = rows[ROWS_SHOWN:]
    rest = _sum(beyond, "1 other client" if len(beyond) == 1 else f"{len(beyond)} other clients") if beyond else None
    return ClientReport(rows[:ROWS_SHOWN], rest, _sum(rows, "1 client" if len(rows) == 1 else f"{len(rows)} clients"))


def _take_back(rows: list[ClientRow], days: Days) -> None:
    """Take what was returned on these days off the revenue, also of a client that bought nothing then."""
    known = {row.client_id: row for row in rows}
    today, then = _booked(days.today), _booked(days.then)
    returned = _returned(days).order_by().values("client_id", "client__name")
    for one in returned.annotate(today=Sum("price", filter=today), then=Sum("price", filter=then)):
        row = known.get(one["client_id"])
        if row is None:
            row = ClientRow(one["client_id"], one["client__name"], spark=[0] * SPARK_DAYS)
            rows.append(row)
        row.revenue -= one["today"] or 0
        row.before -= one["then"] or 0


def _row(one: Mapping[str, Any], sparks: dict[int, list[int]]) -> ClientRow:
    counts: dict[str, Any] = {name: one[name] for name in ("offered", "sold", "refused", "failed")}
    amounts: dict[str, Any] = {name: one[name] or Decimal(0) for name in ("revenue", "before")}
    spark = sparks.get(one["client_id"], [0] * SPARK_DAYS)
    return ClientRow(one["client_id"], one["client__name"], **counts, **amounts, spark=spark)


def _sum(rows: Iterable[ClientRow], name: str) -> ClientRow:
    total = ClientRow(0, name, spark=[0] * SPARK_DAYS, clients=0)
    for row in rows:
        for column in ("offered", "sold", "refused", "failed", "revenue", "before", "clients"):
            setattr(total, column, getattr(total, column) + getattr(row, column))
        total.spark = [a + b for a, b in zip(total.spark, row.spark, strict=True)]
    return total


def _sparks(days: Days) -> dict[int, list[int]]:
    """Count sold deliveries a client and day, today last."""
    last = days.local.date()
    first = last - timedelta(days=SPARK_DAYS - 1)
    rows = (
        Delivery.objects.filter(
            created__gte=instant(datetime.combine(first, time()), days.zone),
            created__lt=days.today.end,
            state__in=SOLD_STATES,
            lead__is_test=False,
        )
        .order_by()
        .values("client_id", day=TruncDate("created", tzinfo=days.zone))
        .annotate(sold=Count("id"))
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        day: date = row["day"]
        found.setdefault(row["client_id"], [0] * SPARK_DAYS)[(day - first).days] = row["sold"]
    return found


def oldest(rows: Any, column: str) -> tuple[int, datetime | None]:
    """Count rows and find the oldest; one query."""
    found = rows.aggregate(count=Count("pk"), since=Min(column))
    return found["count"], found["since"]
