"""The decision: who is offered a lead next, and why everybody else is where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat

from distribution.domain.case import Case, view_of
from distribution.domain.checks import meets_criteria, stages, verdict
from distribution.domain.entry import Entry, Failed
from distribution.domain.market import CampaignTerms, LeadFacts, Scope
from distribution.domain.moment import CAP_REASONS
from distribution.domain.offering import offer_of
from distribution.domain.optimization import choose_side
from distribution.domain.ranking import Pool, Ranked, rank, stand
from distribution.domain.slate import Market, Slate
from distribution.domain.state import PastOffer, Snapshot
from distribution.domain.step import Candidate, OfferOutcome, Step, Stop
from leads.domain.shares import PoolState

_AGAIN = frozenset({OfferOutcome.REJECTED, OfferOutcome.FAILED})
"""Outcomes after which tier delivery scans the client again."""
_CAPS = frozenset(CAP_REASONS.values())


@dataclass(frozen=True, slots=True)
class Scan:
    running: list[tuple[Pool, Ranked]]
    """Who may be offered the lead, in order, each with its pool."""
    behind: list[Entry]
    """Who could take it but stands behind another account of its client."""
    failed: list[tuple[Entry, Failed]]
    silent: list[Entry]
    """Who could take it and must be pinged first, in entry order of each pool."""


def decide(lead: LeadFacts, terms: CampaignTerms, market: Market, snapshot: Snapshot, now: datetime) -> Step:
    """The next offer of the lead, with the whole trace.

    Call it again after each answer, with the offers made so far in the snapshot. Pure: the same input gives the same step.
    """
    slate = market.slate(lead.lead_type)
    case = _case(lead, terms, market, snapshot, now)
    scan = _scan(slate.entries, slate, case)
    stop = _standstill(snapshot.offers, terms)
    if stop is None and not scan.running and not case.sold_shared:
        scan = _rescan(scan, slate, case)
    pings = () if stop is not None else _pings(scan, case, parallel=market.settings.parallel_processing)
    stop = stop or (Stop.PING if pings else Stop.OFFER if scan.running else _nobody_left(snapshot.offers))
    pools = {view.scene.key: view.state for view in case.views if view.state is not snapshot.pools.get(view.scene.key, EMPTY)}
    offer = None
    if stop is Stop.OFFER:
        offer, booked = offer_of(*scan.running[0], case)
        pools |= booked
    return Step(
        offer=offer,
        candidates=_trace(scan, case, offered=offer is not None),
        stop=stop,
        pings=pings,
        pools=pools,
        met=tuple(entry.account.id for entry in slate.qualified if meets_criteria(entry, case)),
    )


def _case(lead: LeadFacts, terms: CampaignTerms, market: Market, snapshot: Snapshot, now: datetime) -> Case:
    moment = market.moment(now)
    return Case(
        lead=lead,
        terms=terms,
        snapshot=snapshot,
        now=now,
        zone=market.zone,
        clients=market.clients,
        moment=moment,
        views=tuple(view_of(scene, snapshot.pools.get(scene.key, EMPTY), moment, market.zone, now) for scene in market.scenes(terms)),
        bidding=market.settings.parallel_processing,
        margins=market.margins(terms),
        out=_spent(snapshot.offers, market),
        sold_shared=any((offer.outcome is OfferOutcome.ACCEPTED or offer.held) and not offer.exclusive for offer in snapshot.offers),
    )


EMPTY = PoolState()


def _spent(offers: Sequence[PastOffer], market: Market) -> frozenset[int]:
    """Clients that this lead is not offered to again.

    All that had an offer, but with tier delivery only those that did more than to refuse or fail it.
    """
    clients = market.clients
    tiers = {client for offer in offers if (client := offer.client) in clients and clients[client].tier_delivery}
    return frozenset(offer.client for offer in offers if offer.client not in tiers or offer.outcome not in _AGAIN)


def _standstill(offers: Sequence[PastOffer], terms: CampaignTerms) -> Stop | None:
    """Why no further offer may be made whoever is left; None when one may.

    A held offer keeps its place while the others go on; an exclusive one keeps the whole lead.
    """
    outcomes = [offer.outcome for offer in offers]
    if any(offer.exclusive and offer.outcome is OfferOutcome.ACCEPTED for offer in offers):
        return Stop.SOLD_EXCLUSIVELY
    if OfferOutcome.UNKNOWN in outcomes:
        return Stop.IN_DOUBT
    if outcomes.count(OfferOutcome.ACCEPTED) >= terms.max_deliveries:
        return Stop.SOLD_ENOUGH
    held = [offer for offer in offers if offer.held]
    if outcomes.count(OfferOutcome.OPEN) > len(held) or any(offer.exclusive for offer in held):
        return Stop.UNDER_WAY
    return Stop.UNDER_WAY if outcomes.count(OfferOutcome.ACCEPTED) + len(held) >= terms.max_deliveries else None


def _nobody_left(offers: Sequence[PastOffer]) -> Stop:
    return Stop.UNDER_WAY if any(offer.held for offer in offers) else Stop.NOBODY_LEFT


def _scan(entries: Sequence[Entry], slate: Slate, case: Case) -> Scan:
    """Judge every account, then order those that pass, pool by pool."""
    made = {offer.account for offer in case.snapshot.offers}
    failed: list[tuple[Entry, Failed]] = []
    passed: list[list[Entry]] = [[] for _ in case.views]
    needed = stages(case)
    for entry in entries:
        if entry.account.id in made:
            continue
        found = verdict(entry, case, needed)
        if found is None:
            passed[entry.group].append(entry)
        else:
            failed.append((entry, found))
    return _ordered(passed, failed, slate, case)


def _ordered(passed: Sequence[list[Entry]], failed: list[tuple[Entry, Failed]], slate: Slate, case: Case) -> Scan:
    pools: list[Pool] = []
    running: list[tuple[Pool, Ranked]] = []
    group = case.terms.client_group
    for view, entries, able in zip(case.views, passed, slate.able, strict=False):
        if entries:
            stay, ruled_out = choose_side(entries, view, case)
            failed += ruled_out
            pool = Pool(view, able if group is None else able & group, *stand(stay, case))
            pools.append(pool)
            running += zip(repeat(pool), rank(pool, case))
    silent = [entry for entries in passed for entry in entries if case.unanswered(entry)] if slate.pings else []
    if case.sold_shared:
        silent = [entry for entry in silent if not entry.account.exclusive]
    return Scan(running, [entry for pool in pools for entry in pool.behind], failed, silent)


def _rescan(scan: Scan, slate: Slate, case: Case) -> Scan:
    """Once more for the accounts whose own caps alone are in the way and may be passed over, so that the lead is not lost."""
    again = [entry for entry, failed in scan.failed if entry.account.may_exceed_caps and _own_cap(failed)]
    if not again:
        return scan
    case.beyond = True
    rescued = _scan(again, slate, case)
    saved = {ranked.entry.place for _, ranked in rescued.running} | {entry.place for entry in rescued.behind}
    return Scan(rescued.running, rescued.behind, [found for found in scan.failed if found[0].place not in saved], rescued.silent)


def _own_cap(failed: Failed) -> bool:
    reason, detail = failed
    return reason in _CAPS and detail is not None and detail["whose"] == Scope.ACCOUNT


def _pings(scan: Scan, case: Case, *, parallel: bool) -> tuple[int, ...]:
    """Who must be pinged before the next offer; without parallel processing only the one that comes first.

    All that could take the lead, since bids decide who stands for a client and whether the lead goes exclusively.
    """
    if parallel:
        return tuple(entry.account.id for entry in scan.silent)
    return tuple(ranked.entry.account.id for _, ranked in scan.running[:1] if case.unanswered(ranked.entry))


def _trace(scan: Scan, case: Case, *, offered: bool) -> tuple[Candidate, ...]:
    """Offers in the order made with the keys they had then, the others in today's order, then those with a reason."""
    made = {offer.account: offer for offer in case.snapshot.offers}
    lines = [
        Candidate(offer.client, offer.account, None, None, place, offer.keys, offer.decided_by, offer.outcome)
        for place, offer in enumerate(made.values(), 1)
    ]
    place = len(lines)
    lines += [
        Candidate(entry.client.id, entry.account.id, None, detail, number, keys, decided_by)
        for number, (_, (entry, keys, decided_by, detail)) in enumerate(scan.running, place + 1)
    ]
    place += len(scan.running)
    if offered:
        lines[len(made)] = lines[len(made)]._replace(offer=OfferOutcome.OPEN)
    standing = {ranked.entry.client.id: ranked.entry.account.id for _, ranked in scan.running} if scan.behind else {}
    for entry in scan.behind:
        place += 1
        lines.append(Candidate(entry.client.id, entry.account.id, None, {"behind": standing[entry.client.id]}, place))
    scan.failed.sort(key=lambda found: found[0].place)
    lines += [Candidate(entry.client.id, entry.account.id, reason, detail) for entry, (reason, detail) in scan.failed]
    return tuple(lines)
