"""The made-up sales floor: its people and strategies as rows, and what happens on it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from distribution.sandbox.check import plain
from distribution.sandbox.parts import Day
from distribution.sandbox.parts_people import BranchPart, DispositionPart, PullPart, PushPart, UserPart
from distribution.sandbox.steps import Dispose
from leads.models import Lead
from pullqueue.enums import Place, Then
from pullqueue.models import (
    Branch,
    Disposition,
    PullRecipient,
    PullStrategy,
    PushRecipient,
    PushStrategy,
    User,
)
from pullqueue.services.pull import pull_next
from pullqueue.services.rebuild import rebuild_now
from pullqueue.services.work import Refused, record_disposition, what_follows


@dataclass(slots=True)
class Floor:
    """Rows by their names in the file."""

    branches: dict[str, Branch] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    dispositions: dict[str, Disposition] = field(default_factory=dict)
    strategies: dict[str, PushStrategy | PullStrategy] = field(default_factory=dict)
    leads: dict[str, UUID] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)

    def came(self, name: str, lead: Lead) -> None:
        self.leads[name], self.names[lead.pk] = lead.pk, name

    def add_branch(self, part: BranchPart) -> None:
        parent = self.branches[part.parent] if part.parent else None
        self.branches[part.name] = Branch.objects.create(name=part.name, parent=parent)

    def set_user(self, part: UserPart, *, seen_at: datetime | None = None) -> None:
        values: dict[str, Any] = {"role": part.role.value, "branch": self.branches[part.branch] if part.branch else None, "away": part.away}
        if seen_at is not None:
            values["seen_at"] = seen_at
        self.users[part.name], _ = User.objects.update_or_create(username=part.name, defaults=values)

    def set_disposition(self, part: DispositionPart) -> None:
        """Those that the product brings are there too; one of the same name is the file's."""
        values = {
            "then": part.then.value,
            "cool_down_minutes": part.cool_down_minutes,
            "contacted": part.contacted,
            "counts_as_attempt": part.attempt,
        }
        self.dispositions[part.name], _ = Disposition.objects.update_or_create(name=part.name, defaults=values)

    def set_strategy(self, part: PushPart | PullPart, *, now: datetime) -> None:
        known = self.strategies.get(part.name)
        position = known.position if known else len(self.strategies)
        if isinstance(part, PullPart):
            self._set_pull(part, position, now=now)
        else:
            self._set_push(part, position)

    def _set_pull(self, part: PullPart, position: int, *, now: datetime) -> None:
        values: dict[str, Any] = {
            "position": position,
            "is_on": part.on,
            "criteria": plain(part.criteria),
            "source": part.source.value,
            "branch": self.branches[part.branch] if part.branch else None,
            "order": [[key, direction.value] for key, direction in part.order],
            "calling_hours": part.calling_hours,
            "cool_down_minutes": part.cool_down_minutes,
            "max_attempts": part.max_attempts,
            "hold_minutes": part.hold_minutes,
            "other_user_next": part.other_user_next,
            "delay_minutes": part.delay_minutes,
            "changed_at": now,
        }
        row, _ = PullStrategy.objects.update_or_create(name=part.name, defaults=values)
        row.recipients.all().delete()
        PullRecipient.objects.bulk_create(
            PullRecipient(strategy=row, position=number, **self._recipient(name)) for number, name in enumerate(part.recipients)
        )
        self.strategies[part.name] = row

    def _set_push(self, part: PushPart, position: int) -> None:
        values: dict[str, Any] = {
            "position": position,
            "is_on": part.on,
            "criteria": plain(part.criteria),
            "method": part.method.value,
            "active_within_minutes": part.active_within_minutes,
            "limit_hour": part.limit_hour,
            "limit_day": part.limit_day,
            "limit_open": part.limit_open,
            "calling_hours": part.calling_hours,
            "from_branch": self.branches[part.from_branch] if part.from_branch else None,
        }
        row, _ = PushStrategy.objects.update_or_create(name=part.name, defaults=values)
        row.recipients.all().delete()
        percents = [*part.percents, *[None] * len(part.recipients)]
        PushRecipient.objects.bulk_create(
            PushRecipient(strategy=row, position=number, percent=percents[number], **self._recipient(name))
            for number, name in enumerate(part.recipients)
        )
        self.strategies[part.name] = row

    def _recipient(self, name: str) -> dict[str, Any]:
        return {"user": self.users[name]} if name in self.users else {"branch": self.branches[name]}

    def seen(self, name: str, now: datetime) -> User:
        """The user does something, and is present by it."""
        User.objects.filter(pk=self.users[name].pk).update(seen_at=now)
        return self.users[name]

    def pull(self, name: str, *, now: datetime) -> dict[str, Any]:
        pulled = pull_next(user=self.seen(name, now), now=now)
        return {
            "user": name,
            "lead": self.names[pulled.lead.pk] if pulled.lead else None,
            "strategy": pulled.strategy.name if pulled.strategy else None,
            "reason": pulled.reason or None,
        }

    def dispose(self, wish: Dispose, *, now: datetime) -> dict[str, Any]:
        told: dict[str, Any] = {"user": wish.user, "lead": wish.lead}
        try:
            result = record_disposition(
                user=self.seen(wish.user, now),
                lead_id=self.leads[wish.lead],
                disposition=self.dispositions[wish.disposition],
                now=now,
                callback_at=wish.callback_at,
                transfer_user=self.users[wish.to_user] if wish.to_user else None,
                transfer_branch=self.branches[wish.to_branch] if wish.to_branch else None,
            )
        except Refused as refused:
            return told | {"error": "not_held" if refused.code == "already_picked" else refused.code}
        told["then"] = result.then
        follows = what_follows(result)
        if result.then == Then.RECYCLE and follows.place != Place.OWNED:
            told["ready_at"] = (follows.due_at or now).isoformat()
        if result.callback_at is not None:
            told["callback_at"] = result.callback_at.isoformat()
        return told

    def rebuild(self, *, now: datetime) -> dict[str, Any]:
        rebuild_now(now=now)
        return {}


def build_floor(day: Day, *, now: datetime) -> Floor:
    """Fill the empty tables with the people and the strategies as the day begins; everybody is at their desk."""
    floor = Floor()
    for branch in day.branches:
        floor.add_branch(branch)
    for user in day.users:
        floor.set_user(user, seen_at=now)
    for disposition in Disposition.objects.all():
        floor.dispositions[disposition.name] = disposition
    for part in day.dispositions:
        floor.set_disposition(part)
    for strategy in (*day.push_strategies, *day.pull_strategies):
        floor.set_strategy(strategy, now=now)
    return floor
