"""The delivery report: rows by one dimension with what they are compared with, their total, and the same by day for a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from clients.models import Client, DeliveryAccount
from distribution.reports.asked import Asked, Days
from distribution.reports.columns import Column, Value, change, columns, every_column
from distribution.reports.lists import OF_LEAD, SAID, Number
from distribution.reports.sums import DIMENSIONS, NOTHING, Sums, sums
from leads.models import Campaign, LeadType, Source

BY = {name: dimension.title for name, dimension in DIMENSIONS.items()}
MOST_ROWS = 300
"""Rows of a page; the others are summed up in one, and stand in the file."""
OF_CLIENTS = frozenset({"client", "account"})
IN_ORDER = frozenset({"day", "hour"})
MODELS: dict[str, type[Any]] = {
    "client": Client,
    "account": DeliveryAccount,
    "campaign": Campaign,
    "source": Source,
    "lead_type": LeadType,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it is compared with, and the rows that it counts, if they can be shown."""

    column: Column
    value: Value
    before: Value
    number: Number | None = None
    is_compared: bool = True

    @property
    def change(self) -> Decimal | None:
        return change(self.column, self.value, self.before) if self.is_compared else None

    @property
    def tone(self) -> str:
        found = self.change
        if not found or not self.column.good:
            return ""
        return "good" if (found > 0) == (self.column.good > 0) else "bad"


@dataclass(frozen=True, slots=True)
class Row:
    """`key` is None for a row that stands for no value: others, and what is no client's."""

    key: Any
    name: str
    now: Sums
    before: Sums
    figures: Sequence[Figure] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class DaySums:
    day: date
    now: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Report:
    asked: Asked
    zone: ZoneInfo
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row
    others: Row | None = None
    nobodys: Row | None = None
    """What leads cost beyond those that were sold on these days: beside clients alone."""
    days: Sequence[DaySums] = field(default_factory=list)

    @property
    def of_clients(self) -> bool:
        return is_of_clients(self.asked)

    @property
    def is_anything(self) -> bool:
        """Whether anything counted, on these days or on those they are compared with."""
        return any(self.total.now) or any(self.total.before)


def is_of_clients(asked: Asked) -> bool:
    """Whether it speaks of clients, who have no part in leads that nobody bought."""
    return bool(OF_CLIENTS & {asked.by, *asked.filters})


def delivery_report(asked: Asked, zone: ZoneInfo, *, whole: bool = False) -> Report:
    """Read the report: seven queries at most. `whole` has every row and every column, for a file."""
    of_clients = is_of_clients(asked)
    shown = every_column(of_clients=of_clients) if whole else columns(asked.show, of_clients=of_clients)
    now = sums(asked.days, asked.by, asked.filters, zone.key)
    before = sums(asked.before, asked.by, asked.filters, zone.key) if asked.before else {}
    if asked.by == "day" and asked.before:
        moved = (asked.days.first - asked.before.first).days
        before = {date.fromordinal(day.toordinal() + moved): row for day, row in before.items()}
    rows = _rows(asked, now, before)
    if asked.sort or asked.by not in IN_ORDER:
        rows.sort(key=_order(asked, shown))
    total = Row(None, "Total", _added(now.values()), _added(before.values()))
    nobodys = _nobodys(asked, total, zone) if of_clients and not OF_CLIENTS & set(asked.filters) else None
    if nobodys:
        total = Row(None, "Total", total.now.plus(nobodys.now), total.before.plus(nobodys.before))
    others = None if whole or len(rows) <= MOST_ROWS else _others(rows[MOST_ROWS:])
    return Report(
        asked=asked,
        zone=zone,
        columns=shown,
        rows=[_with_figures(row, asked, shown) for row in (rows if whole else rows[:MOST_ROWS])],
        others=others and _with_figures(others, asked, shown),
        nobodys=nobodys and _with_figures(nobodys, asked, shown),
        total=_with_figures(total, asked, shown),
        days=[] if whole else _by_day(asked, zone),
    )


def _added(rows: Any) -> Sums:
    total = NOTHING
    for row in rows:
        total = total.plus(row)
    return total


def _rows(asked: Asked, now: Mapping[Any, Sums], before: Mapping[Any, Sums]) -> list[Row]:
    keys: list[Any] = sorted({*now, *before} | _always(asked), key=str if asked.by == "state" else None)
    names = _names(asked.by, keys)
    return [Row(key, names[key], now.get(key, NOTHING), before.get(key, NOTHING)) for key in keys]


def _always(asked: Asked) -> set[Any]:
    """Days and hours stand in the report also when nothing happened."""
    if asked.by == "hour" and "hour" not in asked.filters:
        return set(range(24))
    return set(asked.days) if asked.by == "day" else set()


def _names(by: str, keys: Sequence[Any]) -> dict[Any, str]:
    if by == "day":
        return {day: f"{day:%a %-d %b %Y}" for day in keys}
    if by == "hour":
        return {hour: f"{hour}:00" for hour in keys}
    if by == "state":
        return {state: state or "No state" for state in keys}
    model = MODELS[by]
    if by == "account":
        found = {row.pk: f"{row.client.name}: {row.name}" for row in model.objects.filter(pk__in=keys).select_related("client")}
    else:
        found = dict(model.objects.filter(pk__in=keys).values_list("pk", "name"))
    return {key: found.get(key, "Deleted") for key in keys}


def _order(asked: Asked, shown: Sequence[Column]) -> Any:
    """By the column that was chosen, else by revenue; the most first, then by name."""
    of = next((column.of for column in shown if column.name == asked.sort), lambda sums: sums.net)
    return lambda row: (-(of(row.now) or 0), -row.now.sold, -row.now.offered, row.name)


def _others(rows: Sequence[Row]) -> Row:
    return Row(None, f"{len(rows):,} others", _added(row.now for row in rows), _added(row.before for row in rows))


def _nobodys(asked: Asked, total: Row, zone: ZoneInfo) -> Row | None:
    """What leads cost when they came in, less what those had cost that were sold: so that the costs add up to what was spent."""
    if "hour" in asked.filters:
        return None
    now, before = (_spent(days, asked, zone) if days else NOTHING for days in (asked.days, asked.before))
    rest, rest_before = now.cost - total.now.bought, before.cost - total.before.bought
    if not rest and not rest_before:
        return None
    note = "What leads cost that came in on these days and nobody bought, less what older ones, and sales beyond the first, had cost"
    return Row(None, "No client", Sums(bought=rest), Sums(bought=rest_before), note=note)


def _spent(days: Days, asked: Asked, zone: ZoneInfo) -> Sums:
    return sums(days, "", {name: value for name, value in asked.filters.items() if name in OF_LEAD}, zone.key).get(None, NOTHING)


def _with_figures(row: Row, asked: Asked, shown: Sequence[Column]) -> Row:
    figures = [
        Figure(column, column.of(row.now), column.of(row.before), _number(column, row, asked), asked.before is not None) for column in shown
    ]
    return Row(row.key, row.name, row.now, row.before, figures, row.note)


def _number(column: Column, row: Row, asked: Asked) -> Number | None:
    """The list of a number: of its rows under all filters, narrowed to the row's own value."""
    if column.rows not in SAID or (row.name != "Total" and row.key is None) or not getattr(row.now, column.rows):
        return None
    filters, days = dict(asked.filters), asked.days
    if row.key is not None:
        if asked.by == "day":
            days = Days(row.key, row.key)
        else:
            filters[asked.by] = str(row.key) or "-"
    return Number(column.rows, days, filters)


def _by_day(asked: Asked, zone: ZoneInfo) -> list[DaySums]:
    now = sums(asked.days, "day", asked.filters, zone.key)
    before = sums(asked.before, "day", asked.filters, zone.key) if asked.before else {}
    moved = (asked.days.first - asked.before.first).days if asked.before else 0
    return [DaySums(day, now.get(day, NOTHING), before.get(date.fromordinal(day.toordinal() - moved), NOTHING)) for day in asked.days]
