"""*Why is this lead not being pulled?*: asked of the same rules that a pull asks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count

from leads.domain.criteria_words import say
from leads.enums import Route
from leads.models import Lead
from leads.services.suppress import is_suppressed
from pullqueue.domain.calling import attempt_limit, effective, is_open_cached, limited_until, opens_at
from pullqueue.domain.why import AT_STRATEGY, LEAD, Said, said
from pullqueue.enums import Place, PullSource
from pullqueue.floor.board import look_at_floor
from pullqueue.floor.words import at, name, since
from pullqueue.locks import Floor
from pullqueue.models import Placement, PullLog, PullStrategy, QueueEntry
from pullqueue.services.entries import QUEUED, spot_of_lead
from pullqueue.services.judging import Subject, Verdict, compiled, fields_of, judge

PULLS_SHOWN = 10
MOST_BEFORE = 1_000
BEFORE = """
    SELECT count(*) FROM (
        SELECT 1 FROM pullqueue_queueentry e CROSS JOIN unnest(%(segments)s::bigint[]) AS s (id) CROSS JOIN LATERAL (
            SELECT 1 FROM pullqueue_queueentry b
            WHERE b.strategy_id = e.strategy_id AND b.generation = e.generation AND b.segment_id = s.id AND b.is_ready
                AND (b.key1, b.key2, b.key3, b.number) < (e.key1, e.key2, e.key3, e.number)
            LIMIT %(most)s
        ) AS better WHERE e.id = %(entry)s LIMIT %(most)s
    ) AS one
"""
"""How many leads stand before an entry in the segments that may be called."""


class AtStrategy(NamedTuple):
    strategy: PullStrategy
    said: Said


class WhyLead(NamedTuple):
    lead: Lead
    placement: Placement | None
    said: Said
    strategies: list[AtStrategy]
    pulls: list[PullLog]


class Case(NamedTuple):
    """The lead with all that the rules ask about it."""

    lead: Lead
    placement: Placement
    subject: Subject
    entries: Mapping[int, QueueEntry]
    floor: Floor
    now: datetime


def why_lead(lead: Lead, *, now: datetime) -> WhyLead:
    """One sentence for the lead, and one for it at each strategy."""
    people = ("holder", "owner", "callback_by", "branch", "last_holder")
    placement = Placement.objects.select_related(*people).filter(pk=lead.pk).first()
    pulls = list(PullLog.objects.filter(lead=lead).select_related("user", "strategy")[:PULLS_SHOWN])
    if placement is None:
        return WhyLead(lead, None, _not_kept(lead), [], pulls)
    floor = look_at_floor()
    entries = {one.strategy_id: one for one in QueueEntry.objects.filter(lead=lead, generation=floor.generation)}
    case = Case(lead, placement, Subject(lead, placement, fields_of(lead)), entries, floor, now)
    rows = []
    if placement.place in (*QUEUED, Place.EXHAUSTED, Place.UNROUTED):
        strategies = PullStrategy.objects.filter(archived_at=None).select_related("branch").annotate(for_whom=Count("recipients"))
        rows = [AtStrategy(one, _at_strategy(one, case)) for one in strategies.order_by("position", "pk")]
    return WhyLead(lead, placement, _headline(case, rows), rows, pulls)


def _not_kept(lead: Lead) -> Said:
    outcome = str(lead.get_outcome_display() or lead.get_status_display()).lower()
    routes = lead.campaign.routes
    code = "not_kept" if Route.PULL in routes or Route.PUSH in routes or lead.outcome == "sold" else "no_pull_route"
    return said(LEAD, code, outcome=outcome, campaign=lead.campaign.name)


def _headline(case: Case, rows: list[AtStrategy]) -> Said:
    lead, placement, now = case.lead, case.placement, case.now
    code: str = placement.place
    if code in QUEUED and is_suppressed(phones=[lead.phone, lead.phone2], emails=[lead.email]):
        code = "suppressed"
    elif code == Place.READY and not any(row.said.code == "" for row in rows):
        code = "ready_nobody"
    user = placement.holder or placement.callback_by or placement.owner
    facts = {
        "user": name(user),
        "until": at(placement.due_at, now),
        "since": since(placement.since, now),
        "at": at(placement.callback_at, now),
        "attempts": str(lead.attempts),
        "ending": str(placement.get_ending_display()).lower(),
    }
    return said(LEAD, code, **facts)


def _at_strategy(strategy: PullStrategy, case: Case) -> Said:
    verdict = judge(strategy, case.subject, case.now)
    for asks in (_rules_say, _queue_says, _law_says):
        found = asks(strategy, verdict, case)
        if found is not None:
            return found
    entry = case.entries[strategy.pk]
    before = _before(entry, strategy, case)
    stands = f"{before} better one{'s' if before != 1 else ''}" if before < MOST_BEFORE else f"{MOST_BEFORE} or more better ones"
    told = f"{stands} {'stands' if before == 1 else 'stand'} before it." if before else "It is the next one."
    held = strategy.other_user_next and case.placement.last_holder
    return said(AT_STRATEGY, "", before=f"{told} {name(held)} had it last, so only others get it." if held else told)


def _rules_say(strategy: PullStrategy, verdict: Verdict, case: Case) -> Said | None:
    """What speaks against it in the strategy itself."""
    if not strategy.is_on:
        return said(AT_STRATEGY, "off")
    if not verdict.why:
        return None
    code = verdict.why
    if code == "criteria" and verdict.failure is None and compiled(strategy.criteria, case.subject.fields) is None:
        code = "other_type"
    elif code == "criteria" and verdict.waits:
        code = "criteria_later"
    return said(AT_STRATEGY, code, **_facts(strategy, verdict, case))


def _facts(strategy: PullStrategy, verdict: Verdict, case: Case) -> dict[str, str]:
    placement = case.placement
    belongs = f"belongs to {name(placement.owner)}" if placement.owner_id else f"belongs to {placement.branch or 'the company'}"
    return {
        "source": f"of {strategy.branch}" if strategy.branch else str(strategy.get_source_display()).lower(),
        "belongs": f"This one {belongs}.",
        "failure": say(verdict.failure, "the strategy", "takes") if verdict.failure else "it does not fit",
        "lead_type": str(case.lead.lead_type),
        "attempts": str(case.lead.attempts),
        "most": str(strategy.max_attempts),
        "until": at(verdict.judge_at, case.now),
    }


def _queue_says(strategy: PullStrategy, _verdict: Verdict, case: Case) -> Said | None:
    """It matches: does it stand in the queue, and ready?"""
    entry = case.entries.get(strategy.pk)
    if entry is None or not entry.is_match:
        return said(AT_STRATEGY, "not_built")
    if case.placement.place != Place.READY:
        return said(AT_STRATEGY, "place")
    people: Any = strategy
    return said(AT_STRATEGY, "nobody_on") if not people.for_whom and not strategy.switches.filter(rule="on").exists() else None


def _law_says(strategy: PullStrategy, _verdict: Verdict, case: Case) -> Said | None:
    """The hours of calling, where the strategy keeps them."""
    if not strategy.calling_hours:
        return None
    rules, spot = case.floor.rules, spot_of_lead(case.lead)
    if effective(rules, spot) is None:
        return said(AT_STRATEGY, "no_location")
    if not is_open_cached(rules, spot, case.now):
        return said(AT_STRATEGY, "calling_hours", until=at(opens_at(rules, spot, case.now), case.now))
    limit = limited_until(attempt_limit(rules, spot), case.placement.attempts_day, case.now)
    return said(AT_STRATEGY, "attempt_limit_24h", until=at(limit, case.now)) if limit else None


def _before(entry: QueueEntry, strategy: PullStrategy, case: Case) -> int:
    rules, now = case.floor.rules, case.now
    segments = [
        one.pk
        for one in case.floor.segments
        if (strategy.source == PullSource.UNWORKED or one.branch == case.placement.branch_id)
        and (not strategy.calling_hours or is_open_cached(rules, one.spot, now))
    ]
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"segments": segments, "entry": entry.pk, "most": MOST_BEFORE})
        (count,) = cursor.fetchone()
    return int(count)
