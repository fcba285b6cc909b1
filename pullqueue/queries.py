"""Reads of the sales floor with more than one caller."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import IntegerField, Max, Q
from django.db.models.functions import Cast

from pullqueue.enums import Switch
from pullqueue.models import Branch, Group, NoCallDate, PullRecipient, PullStrategy, PullSwitch, User

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
    """The strategies that are for this user: by name, by group, or by a branch at or above theirs. Without a join, so none comes twice."""
    groups = Group.objects.filter(members=user, archived_at=None)
    named = PullRecipient.objects.filter(Q(user=user) | Q(group__in=groups) | Q(branch__in=list(above)))
    return Q(pk__in=named.order_by().values("strategy"))


def strategies_of(user: User) -> list[PullStrategy]:
    """The pull strategies that are on and open to the user, in their order. Three queries."""
    switches = {one.strategy_id: one for one in PullSwitch.objects.filter(user=user).order_by()}
    always = [pk for pk, one in switches.items() if one.rule == Switch.ON]
    above = branches_above(user.branch_id)
    query = PullStrategy.objects.filter(recipients_are(user, above) | Q(pk__in=always), is_on=True, archived_at=None)
    return [one for one in query.order_by("position", "pk") if one.pk not in switches or switches[one.pk].is_on]


def choices_of(user: User) -> list[PullSwitch]:
    """The strategies for this user of which the user may say whether to pull from them, in their order."""
    above: Any = branches_above(user.branch_id)
    theirs = PullStrategy.objects.filter(recipients_are(user, above), is_on=True, archived_at=None)
    return list(PullSwitch.objects.filter(user=user, rule=Switch.CHOICE, strategy__in=theirs).select_related("strategy"))
