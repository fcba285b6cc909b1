"""*What would happen to this lead?*: the decision in memory against now. Nothing is locked, written or sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from distribution.domain.engine import decide
from distribution.domain.market import CampaignTerms
from distribution.domain.state import Ping, PingAnswer
from distribution.domain.step import Step, Stop
from distribution.services.distribute import lead_facts
from distribution.services.look import look
from distribution.services.market import LiveMarket, live_market, terms_of
from distribution.services.pings import recorded
from distribution.services.snapshot import read_snapshot
from leads.models import Lead


@dataclass(frozen=True, slots=True)
class Preview:
    """What the engine would decide now, and on which settings."""

    step: Step
    live: LiveMarket
    terms: CampaignTerms


BOUGHT = """
    SELECT d.client_id, max(d.finished_at)
    FROM leads_fingerprint other JOIN distribution_delivery d ON d.lead_id = other.lead_id AND d.state = 'accepted'
    WHERE other.digest = ANY(%s) GROUP BY d.client_id
"""


def preview(*, lead: Lead, now: datetime, anew: bool = False) -> Preview:
    """Decide over the lead as it stands; `anew` as if it came in now and nobody had been offered it.

    Nobody is pinged: who was asked before answers the same, everybody else would buy at its account's price.
    """
    return _decide(lead, now=now, anew=anew)


def preview_typed(*, lead: Lead, prints: Sequence[UUID], now: datetime) -> Preview:
    """Decide over a lead that is only in memory, known by its fingerprints."""
    with connection.cursor() as cursor:
        cursor.execute(BOUGHT, [[*prints]])
        return _decide(lead, now=now, anew=True, bought=dict(cursor.fetchall()))


def _decide(lead: Lead, *, now: datetime, anew: bool, bought: dict[int, datetime] | None = None) -> Preview:
    """`bought`, when each client last bought the person, is given for a lead that has no rows yet."""
    live = live_market()
    terms = terms_of(lead.campaign, live.groups)
    pools, caps = live.market.pool_keys(lead.lead_type_id, terms), live.market.cap_keys(lead.lead_type_id, now)
    seen = look(lead, pools, caps, now=now, locks=False)
    if bought is not None:
        seen = seen._replace(bought=bought)
    snapshot = read_snapshot(lead, live, seen, now=now, is_first=bought is not None)
    if anew:
        snapshot = replace(snapshot, offers=())
    facts, asked = lead_facts(lead, live, now=now), recorded(lead) if live.market.slate(lead.lead_type_id).pings else {}
    while (step := decide(facts, terms, live.market, snapshot, now)).stop is Stop.PING:
        supposed = {account: asked.get(account, PingAnswer(Ping.ACCEPTED)) for account in step.pings}
        snapshot = replace(snapshot, pings={**snapshot.pings, **supposed})
    return Preview(step, live, terms)
