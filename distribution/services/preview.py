"""*What would happen to this lead?*: the decision in memory against now. Nothing is locked, written or sent."""

from dataclasses import dataclass, replace
from datetime import datetime

from distribution.domain.engine import decide
from distribution.domain.market import CampaignTerms
from distribution.domain.step import Step
from distribution.models import Pool
from distribution.services.distribute import lead_facts
from distribution.services.market import LiveMarket, live_market, terms_of
from distribution.services.snapshot import read_snapshot
from leads.models import Lead


@dataclass(frozen=True, slots=True)
class Preview:
    """What the engine would decide now, and on which settings."""

    step: Step
    live: LiveMarket
    terms: CampaignTerms


def preview(*, lead: Lead, now: datetime, anew: bool = False) -> Preview:
    """Decide over the lead as it stands; `anew` as if it came in now and nobody had been offered it."""
    live = live_market()
    terms = terms_of(lead.campaign, live.groups)
    keys = live.market.pool_keys(lead.lead_type_id, terms)
    pools = {pool.key: pool for pool in Pool.objects.filter(key__in=keys)}
    snapshot = read_snapshot(lead, live, pools, now=now)
    if anew:
        snapshot = replace(snapshot, offers=())
    return Preview(decide(lead_facts(lead, live, now=now), terms, live.market, snapshot, now), live, terms)
