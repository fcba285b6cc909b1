"""Reads of the sales floor with more than one caller."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import IntegerField, Max, Q
from django.db.models.functions import Cast

from pullqueue.enums import Switch
from pullqueue.models import Branch, NoCallDate, PullStrategy, PullSwitch, User

WARNED_BEFORE = timedelta(days=183)
"""So long before the closed dates of a state end, somebody must add the next ones."""


class DatesEnd(NamedTuple):
    """Of so many states the closed dates end soon: the first on this day."""

    states: int
    first: date


def closed_dates_end(today: date) -> DatesEnd | None:
    """Whether the closed dates that came with the product run out within six months and nobody added later ones. One query."""
    ends = NoCallDate.objects.order_by().values("code").annotate(last=Max("date"), shipped=Max(Cast("is_shipped", IntegerField())))
    soon = [row["last"] for row in ends if row["shipped"] and row["last"] < today + WARNED_BEFORE]
    return DatesEnd(len(soon), min(soon)) if soon else None


def branches_above(branch_id: int | None) -> list[int]:
    """A branch and all above it, itself first."""
    parents: dict[int, int | None] = dict(Branch.objects.values_list("pk", "parent_id")) if branch_id else {}
    found: list[int] = []
    while branch_id is not None and branch_id not in found:
        found.append(branch_id)
        branch_id = parents.get(branch_id)
    return found


def recipients_are(user: User, above: Iterable[int]) -> Q:
    """The strategies that are for this user: by name, by group, or by a branch at or above theirs."""
    return (
        Q(recipients__user=user)
        | Q(recipients__group__members=user, recipients__group__archived_at=None)
        | Q(recipients__branch__in=list(above))
    )


def strategies_of(user: User) -> list[PullStrategy]:
    """The pull strategies that are on and open to the user, in their order."""
    switches = {one.strategy_id: one.is_on for one in PullSwitch.objects.filter(user=user)}
    above: Any = branches_above(user.branch_id)
    query = PullStrategy.objects.filter(is_on=True, archived_at=None).filter(
        Q(pk__in=PullStrategy.objects.filter(recipients_are(user, above)).values("pk")) | Q(switches__user=user, switches__rule="on")
    )
    return [one for one in query.distinct().order_by("position", "pk") if switches.get(one.pk, True)]


def choices_of(user: User) -> list[PullSwitch]:
    """The strategies for this user of which the user may say whether to pull from them, in their order."""
    above: Any = branches_above(user.branch_id)
    theirs = PullStrategy.objects.filter(recipients_are(user, above), is_on=True, archived_at=None)
    return list(PullSwitch.objects.filter(user=user, rule=Switch.CHOICE, strategy__in=theirs).select_related("strategy"))
