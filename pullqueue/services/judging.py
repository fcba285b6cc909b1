"""Whether a lead belongs into the queue of a strategy, until when that holds, and by which keys it stands there."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from leads.domain.criteria import Criteria, CriteriaError, Failure, FieldSpec, Node, compile_criteria, read_criteria
from leads.domain.criteria_clock import next_change
from leads.models import Lead, LeadField
from leads.places import point_of_zip
from leads.services.facts import facts_of, field_specs
from pullqueue.domain.order import Keys, keys_of
from pullqueue.enums import PullSource
from pullqueue.models import Placement, PullStrategy

MOST_TURNS = 12
"""How many of its coming ages a lead is judged at, to find out whether it will ever match."""

SOURCES: Mapping[str, Callable[[PullStrategy, Placement], bool]] = {
    PullSource.COMPANY: lambda _strategy, one: one.owner_id is None and one.branch_id is None,
    PullSource.BRANCH: lambda strategy, one: one.owner_id is None and one.branch_id == strategy.branch_id,
    PullSource.OWN_BRANCH: lambda _strategy, one: one.owner_id is None and one.branch_id is not None,
    PullSource.PARENT_BRANCH: lambda _strategy, one: one.owner_id is None and one.branch_id is not None,
    PullSource.UNWORKED: lambda _strategy, one: one.is_unworked,
}


class Compiled(NamedTuple):
    judge: Criteria
    node: Node


@lru_cache(maxsize=2048)
def _compiled(tree: str, fields: tuple[FieldSpec, ...]) -> Compiled | None:
    known = {field.name: field for field in fields}
    value = json.loads(tree)
    try:
        return Compiled(compile_criteria(value, known, point_of_zip), read_criteria(value, known))
    except CriteriaError:
        return None


def compiled(tree: Any, fields: Mapping[str, FieldSpec]) -> Compiled | None:
    """The criteria ready to run; None where leads of this type do not have what they ask about, so that they match none."""
    return _compiled(json.dumps(tree, sort_keys=True), tuple(fields.values()))


def fields_of(lead: Lead) -> dict[str, FieldSpec]:
    """What criteria may ask about leads of this type."""
    return field_specs(LeadField.objects.filter(lead_type_id=lead.lead_type_id).order_by("position", "pk"))


class Subject(NamedTuple):
    """A lead as strategies judge it."""

    lead: Lead
    placement: Placement
    fields: Mapping[str, FieldSpec]

    def facts(self, now: datetime) -> dict[str, Any]:
        return facts_of(self.lead, self.fields, now=now)


class Verdict(NamedTuple):
    """What a strategy says of a lead. `why` is empty when it matches; `judge_at` is when that next changes by itself."""

    strategy: PullStrategy
    why: str
    keys: Keys
    judge_at: datetime | None = None
    failure: Failure | None = None
    waits: bool = False
    """It does not match yet, and will at some time."""

    @property
    def matches(self) -> bool:
        return not self.why

    @property
    def stays(self) -> bool:
        """It has an entry in the queue."""
        return self.matches or self.waits


def judge(strategy: PullStrategy, subject: Subject, now: datetime) -> Verdict:
    """Judge one lead by one strategy. Whether the strategy is on is asked when leads are pulled, not here."""
    lead, placement, fields = subject
    facts = subject.facts(now)
    keys = keys_of(strategy.order, facts, placement.last_attempt_at)
    if not SOURCES[strategy.source](strategy, placement):
        return Verdict(strategy, "source", keys)
    criteria = compiled(strategy.criteria, fields)
    if criteria is None:
        return Verdict(strategy, "criteria", keys)
    if lead.attempts >= strategy.max_attempts:
        failure = criteria.judge(facts)
        return Verdict(strategy, "criteria" if failure else "exhausted", keys, failure=failure)
    turn = _turn(criteria.node, lead, now)
    opens = lead.received_at + timedelta(minutes=strategy.delay_minutes)
    failure = criteria.judge(facts)
    if failure is None and now >= opens:
        return Verdict(strategy, "", keys, turn)
    waits = any(at >= opens and criteria.judge(subject.facts(at)) is None for at in _turns(criteria.node, subject, now, opens))
    coming = min((at for at in (turn, opens if opens > now else None) if at is not None), default=None)
    return Verdict(strategy, "delay" if failure is None else "criteria", keys, coming if waits else None, failure, waits)


def _turn(node: Node, lead: Lead, now: datetime) -> datetime | None:
    zone = ZoneInfo(lead.zones[0]) if lead.zones else None
    return next_change(node, received_at=lead.received_at, born=lead.date_of_birth, zone=zone, now=now)


def _turns(node: Node, subject: Subject, now: datetime, opens: datetime) -> Iterator[datetime]:
    """Yield the instants at which the verdict may change: the end of the delay, and the lead's coming ages."""
    if opens > now:
        yield opens
    at = now
    for _ in range(MOST_TURNS):
        turn = _turn(node, subject.lead, at)
        if turn is None:
            return
        at = turn
        yield at
