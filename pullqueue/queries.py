"""Reads of the sales floor with more than one caller."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from pullqueue.models import Branch, PullStrategy, PullSwitch, User


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
