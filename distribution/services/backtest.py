"""Backtests: a job that runs past leads through the settings in force and through a draft. Nothing real is touched."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import batched
from typing import Any
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from distribution.domain.backtest import Comparison, PastLead, Run, Tally, remembering
from distribution.domain.market import CampaignTerms
from distribution.domain.settings import Settings
from distribution.domain.slate import build_market, with_calendar_of
from distribution.enums import DeliveryState
from distribution.models import Delivery, SettingsVersion
from distribution.services.beside import Beside
from distribution.services.distribute import lead_facts
from distribution.services.market import LiveMarket, read_market, terms_of
from distribution.services.pings import bids_of
from distribution.services.versions import in_words, live_version, settings_of
from distribution.wake import BACKTESTS, wake
from leads.clock import database_now
from leads.enums import JobState, LeadOutcome, LeadStatus
from leads.models import Campaign, Fingerprint, Job, Lead
from leads.services.jobs import claim_job, fail_job, finish_job, start_job, tell_progress

log = structlog.get_logger(__name__)

KIND = "backtest"
MOST = 10_000
"""Leads in one run."""
USUAL = 5_000
CHUNK = 200


class Cancelled(Exception):
    """Whoever asked does not want it any more, or another worker has the job."""


def start_backtest(
    *,
    draft: Settings,
    what: str,
    by: Any,
    now: datetime,
    count: int = USUAL,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Job:
    """Ask for a backtest of a draft against the settings in force, over the last leads (of those between the two times).

    `what` names the draft in a sentence: "your draft", "version 3".
    """
    live = live_version()
    parameters = {
        "draft": draft.to_json(),
        "live": live.number,
        "what": what,
        "changes": list(in_words(settings_of(live), draft)),
        "count": min(max(count, 1), MOST),
        "since": since and since.isoformat(),
        "until": until and until.isoformat(),
    }
    with transaction.atomic():
        job = start_job(kind=KIND, parameters=parameters, by=by, now=now)
        transaction.on_commit(partial(wake, BACKTESTS), robust=True)
    return job


def draft_of(job: Job) -> Settings:
    """The settings that the backtest tried."""
    return Settings.from_json(job.parameters["draft"])


def drain_backtests() -> int:
    """Run the backtests that wait; return how many."""
    ran = 0
    while (job := claim_job(kind=KIND, now=database_now())) is not None:
        ran += 1
        if job.state == JobState.RUNNING:
            _run(job)
    return ran


def _run(job: Job) -> None:
    """Run one, and whatever happens write down how it ended."""
    try:
        result = run_backtest(job)
    except Cancelled:
        return
    except SoftTimeLimitExceeded:
        fail_job(job=job, error="It took longer than a worker may take. Choose fewer leads.", now=database_now())
        raise
    except Exception as problem:
        log.exception("backtest.failed", job=str(job.pk))
        fail_job(job=job, error=f"{type(problem).__name__} stopped it. Nothing was changed; run it again.", now=database_now())
    else:
        finish_job(job=job, result=result, now=database_now())


def run_backtest(job: Job) -> dict[str, Any]:
    """Run both settings over the leads, each on a processor of its own, and compare. Raises Cancelled."""
    began, worked = time.monotonic(), time.process_time()
    version = SettingsVersion.objects.get(number=job.parameters["live"])
    live = read_market(version, 0)
    comparison = _comparison(live, draft_of(job))
    ids = lead_ids(job.parameters)
    first = last = None
    with Beside(_answering(comparison.live)) as beside:
        for chunk in batched(ids, CHUNK):
            if not tell_progress(job=job, done=comparison.leads, total=len(ids), now=database_now()):
                raise Cancelled
            leads = list(past_leads(chunk, live))
            beside.ask(leads)
            after = [comparison.draft.take(lead) for lead in leads]
            for lead, sold, would_sell in zip(leads, beside.answer(), after, strict=True):
                first, last = first or lead.at, lead.at
                comparison.compare(sold, would_sell)
        beside.ask(None)
        comparison.live.tally = beside.answer()
    tell_progress(job=job, done=comparison.leads, total=comparison.leads, now=database_now())
    return told(comparison) | {
        "first": first and first.isoformat(),
        "last": last and last.isoformat(),
        "seconds": round(time.monotonic() - began, 2),
        "processor_seconds": round(time.process_time() - worked + beside.processor_seconds, 2),
    }


def _answering(run: Run) -> Callable[[list[PastLead] | None], Any]:
    """What the run sells of each of some leads; its tally when there are no more."""
    return lambda leads: run.tally if leads is None else [run.take(lead) for lead in leads]


def _comparison(live: LiveMarket, draft: Settings) -> Comparison:
    """Two runs over the same clients and accounts, whose criteria are judged once a lead."""
    market = live.market
    accounts = [entry.account for slate in market.slates.values() for entry in slate.entries]
    shared = [account if account.criteria is None else replace(account, criteria=remembering(account.criteria)) for account in accounts]

    before = build_market(market.settings, market.clients.values(), shared, market.zone)
    after = with_calendar_of(build_market(draft, market.clients.values(), shared, market.zone), before)
    return Comparison(Run(before, live.duplicate_hours), Run(after, live.duplicate_hours))


def lead_ids(parameters: Mapping[str, Any]) -> list[UUID]:
    """The last real leads that were to be sold to clients, the oldest first."""
    leads = Lead.objects.filter(is_test=False, status=LeadStatus.ACCEPTED, campaign__routes__contains=["distribute"])
    leads = leads.exclude(outcome=LeadOutcome.ERASED).order_by("-received_at", "-id")
    if parameters["since"]:
        leads = leads.filter(received_at__gte=datetime.fromisoformat(parameters["since"]))
    if parameters["until"]:
        leads = leads.filter(received_at__lt=datetime.fromisoformat(parameters["until"]))
    return list(leads.values_list("pk", flat=True)[: parameters["count"]])[::-1]


def past_leads(ids: Iterable[UUID], live: LiveMarket) -> Iterator[PastLead]:
    """Read some leads with what is known of them, in the order of time, with five queries."""
    wanted = list(ids)
    rows = list(Lead.objects.filter(pk__in=wanted).defer("unmapped", "errors").order_by("received_at", "id"))
    campaigns = Campaign.objects.select_related("source", "sale").in_bulk({lead.campaign_id for lead in rows})
    terms = {pk: terms_of(campaign, live.groups) for pk, campaign in campaigns.items()}
    people: dict[UUID, set[object]] = {}
    for lead_id, digest in Fingerprint.objects.filter(lead__in=wanted).values_list("lead_id", "digest"):
        people.setdefault(lead_id, set()).add(digest)
    answers, bids = _answers(wanted), bids_of(wanted)
    for lead in rows:
        lead.campaign = campaigns[lead.campaign_id]
        past = _past_lead(lead, terms[lead.campaign_id], live, people.get(lead.pk, set()), answers.get(lead.pk, []))
        yield _with_bids(past, bids[lead.pk]) if lead.pk in bids else past


def _with_bids(lead: PastLead, bids: Mapping[int, Decimal | None]) -> PastLead:
    offered = {account: bid for account, bid in bids.items() if bid is not None}
    return lead._replace(bids=offered, unwilling=frozenset(bids.keys() - offered.keys()))


type _Answer = tuple[int, int, str]


def _answers(ids: list[UUID]) -> dict[UUID, list[_Answer]]:
    """By lead: client, account and state of what was answered."""
    found: dict[UUID, list[_Answer]] = {}
    states = (DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.RETURNED)
    rows = Delivery.objects.filter(lead__in=ids, state__in=states).order_by()
    for lead_id, client, account, state in rows.values_list("lead_id", "client_id", "account_id", "state"):
        found.setdefault(lead_id, []).append((client, account, state))
    return found


def _past_lead(lead: Lead, terms: CampaignTerms, live: LiveMarket, person: set[object], answers: list[_Answer]) -> PastLead:
    refusals = [(client, account) for client, account, state in answers if state == DeliveryState.REJECTED]
    takers = {client for client, _, state in answers if state != DeliveryState.REJECTED}
    return PastLead(
        at=lead.received_at,
        facts=lead_facts(lead, live, now=lead.received_at),
        terms=terms,
        person=frozenset(person),
        refusing=frozenset(client for client, _ in refusals if client not in takers),
        refused=frozenset(account for _, account in refusals),
    )


def told(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON: totals, a row for each client that bought, and why leads stayed unsold."""
    live, draft = comparison.live.tally, comparison.draft.tally
    clients = sorted(live.clients.keys() | draft.clients.keys())
    return {
        "leads": comparison.leads,
        "live": _totals(live),
        "draft": _totals(draft),
        "clients": [[client, *_bought(live, client), *_bought(draft, client)] for client in clients],
        "unsold": [[code, live.unsold[code], draft.unsold[code]] for code in sorted(live.unsold.keys() | draft.unsold.keys())],
        "moves": sorted([lost, won, number] for (lost, won), number in comparison.moves.items()),
    }


def _totals(tally: Tally) -> dict[str, Any]:
    return {"sold": tally.sold, "unsold": tally.unsold.total(), "sales": tally.sales, "revenue": str(tally.revenue)}


def _bought(tally: Tally, client: int) -> tuple[int, str]:
    leads, revenue = tally.clients.get(client, (0, 0))
    return leads, str(revenue)
