"""One page of leads, newest or oldest first, found by where the page before ended: its cost does not grow with the table.

What no index finds, such as criteria, is looked for among the next `WINDOW` leads only; whoever wants to see further back asks
for the next window.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from leads.models import Lead

WINDOW = 20_000
"""Leads among which criteria look for matches at a time."""
EXACT = 10_000
"""Up to so many are counted; beyond them the planner of the database says about how many there are."""

type Narrow = Callable[[QuerySet[Lead]], QuerySet[Lead]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The lead that a page begins after, or with `is_back` ends before."""

    at: datetime
    lead: UUID
    is_back: bool = False

    @classmethod
    def read(cls, after: str, before: str) -> "Cursor | None":
        """Raises ValueError for what was made up."""
        text = after or before
        if not text:
            return None
        at, _, lead = text.partition("_")
        when = datetime.fromisoformat(at)
        if when.tzinfo is None:
            raise ValueError(at)
        return cls(when, UUID(lead), is_back=not after)


def written(at: datetime, lead: UUID) -> str:
    return f"{at.isoformat()}_{lead}"


@dataclass(slots=True)
class Part:
    """A page of a list. `newer` and `older` are cursors of its neighbours, empty where there is none.

    With `looked_to` the rows were looked for among the leads up to that instant; `further` is where the next window begins.
    """

    rows: list[Lead] = field(default_factory=list)
    previous: str = ""
    following: str = ""
    total: int = 0
    is_about: bool = False
    looked_to: datetime | None = None
    further: str = ""


def page_of(rows: QuerySet[Lead], *, cursor: Cursor | None, size: int, oldest_first: bool = False) -> Part:
    """Return the page of rows that an index has in this order, and how many there are on all pages."""
    part = _cut(rows, cursor=cursor, size=size, oldest_first=oldest_first)
    part.total, part.is_about = counted(rows)
    return part


def page_among(
    rows: QuerySet[Lead], among: QuerySet[Lead], narrow: Narrow, *, cursor: Cursor | None, size: int, oldest_first: bool = False
) -> Part:
    """Return the page of those rows that `narrow` leaves of the next window of `among`; the total is that of the window."""
    descends = oldest_first is bool(cursor and cursor.is_back)
    window = _ordered(_beyond(among, cursor, descends=descends), descends=descends)[:WINDOW]
    last = window[WINDOW - 1 : WINDOW].values_list("received_at", "pk").first()
    found = narrow(rows.filter(pk__in=window.values("pk")))
    part = _cut(found, cursor=cursor, size=size, oldest_first=oldest_first)
    part.total, part.is_about = counted(found)
    if last is not None:
        part.looked_to, part.further = last[0], written(*last)
    return part


def _cut(rows: QuerySet[Lead], *, cursor: Cursor | None, size: int, oldest_first: bool) -> Part:
    is_back = cursor is not None and cursor.is_back
    descends = oldest_first is is_back
    found = list(_ordered(_beyond(rows, cursor, descends=descends), descends=descends)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    if not found:
        return Part()
    first, last = (written(found[place].received_at, found[place].pk) for place in (0, -1))
    has_previous = has_more if is_back else cursor is not None
    return Part(found, first if has_previous else "", last if has_more or is_back else "")


def _ordered(rows: QuerySet[Lead], *, descends: bool) -> QuerySet[Lead]:
    return rows.order_by("-received_at", "-id") if descends else rows.order_by("received_at", "id")


def _beyond(rows: QuerySet[Lead], cursor: Cursor | None, *, descends: bool) -> QuerySet[Lead]:
    """Both conditions: the first one is what the index is entered by."""
    if cursor is None:
        return rows
    if descends:
        return rows.filter(Q(received_at__lt=cursor.at) | Q(pk__lt=cursor.lead), received_at__lte=cursor.at)
    return rows.filter(Q(received_at__gt=cursor.at) | Q(pk__gt=cursor.lead), received_at__gte=cursor.at)


def counted(rows: QuerySet[Lead]) -> tuple[int, bool]:
    """Return how many there are, and whether that is only about so."""
    keys = rows.order_by().values("pk")
    count = keys[: EXACT + 1].count()
    return (count, False) if count <= EXACT else (max(_guessed(keys), EXACT), True)


def _guessed(keys: QuerySet[Any]) -> int:
    """What the planner expects, to two digits: what is not counted is not said to the last one."""
    rows = int(json.loads(keys.explain(format="json"))[0]["Plan"]["Plan Rows"])
    digits = max(len(str(rows)) - 2, 0)
    return round(rows, -digits)
