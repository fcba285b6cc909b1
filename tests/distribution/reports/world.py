"""Random days of selling: leads, offers and their ends, returns and bounces around a change of clocks; and a slow count of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from distribution.demo import factories as make
from distribution.models import Delivery, Return
from leads.models import Lead

ZONE = ZoneInfo("America/New_York")
BEGIN = datetime(2026, 10, 20, tzinfo=UTC)
DAYS = 20
"""In the midst of them, on 1 November, clocks are set back in New York."""
ENDS = ["accepted"] * 4 + ["rejected", "failed", "unknown", "cancelled"]


def moment(rng: Random) -> datetime:
    return BEGIN + timedelta(seconds=rng.randrange(DAYS * 86_400))


def fill(seed: int, leads: int = 40) -> None:
    """Make a company with some of everything."""
    rng = Random(seed)
    make.CompanyFactory.create(time_zone=ZONE.key)
    sources = make.SourceFactory.create_batch(2)
    campaigns = [make.CampaignFactory.create(source=rng.choice(sources)) for _ in range(3)]
    accounts = make.DeliveryAccountFactory.create_batch(3)
    accounts.append(make.DeliveryAccountFactory.create(client=accounts[0].client))
    for _ in range(leads):
        campaign = rng.choice(campaigns)
        lead = make.LeadFactory.create(
            campaign=campaign,
            lead_type=campaign.lead_type,
            received_at=moment(rng),
            cost=Decimal(rng.randrange(700)) / 100,
            state=rng.choice(["", "TX", "CA", "NY"]),
            is_test=rng.random() < 0.1,
            **({"status": "rejected", "outcome": "", "due_at": None} if rng.random() < 0.1 else {}),
        )
        for slot, account in enumerate(rng.sample(accounts[:3], rng.choice([0, 1, 1, 2])), 1):
            _offer(rng, lead, rng.choice([account, accounts[3]]) if account is accounts[0] else account, slot)


def _offer(rng: Random, lead: Any, account: Any, slot: int) -> None:
    created = moment(rng)
    one = make.DeliveryFactory.create(
        lead=lead,
        account=account,
        client=account.client,
        slot=slot,
        created=created,
        cost=lead.cost,
        price=Decimal(rng.randrange(9_000)) / 100,
        decision=make.DecisionFactory.create(lead=lead, run=slot),
    )
    if rng.random() < 0.1:
        return
    end = rng.choice(ENDS)
    ended = min(created + timedelta(seconds=rng.randrange(90_000)), BEGIN + timedelta(days=DAYS))
    values = {
        "state": end,
        "finished_at": ended,
        "due_at": None,
        "tracking": rng.choice(["", "", "sent", "delivered", "opened", "clicked"]),
    }
    Delivery.objects.filter(pk=one.pk).update(**values)
    if end == "accepted" and rng.random() < 0.2:
        Delivery.objects.filter(pk=one.pk).update(state="rejected", tracking="bounced", finished_at=ended + timedelta(hours=2))
    elif end == "accepted" and rng.random() < 0.3:
        Delivery.objects.filter(pk=one.pk).update(state="returned")
        one.refresh_from_db()
        make.ReturnFactory.create(
            delivery=one, client=one.client, price=one.price, state="granted", decided_at=ended + timedelta(days=rng.randrange(4))
        )
    elif end == "accepted" and rng.random() < 0.2:
        one.refresh_from_db()
        make.ReturnFactory.create(delivery=one, client=one.client, price=one.price)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that counts, and what it adds."""

    at: datetime
    lead: Lead
    account: Any
    adds: dict[str, int]


def facts() -> list[Fact]:
    """Everything that counts, read row by row."""
    accepted = Lead.objects.select_related("campaign").filter(is_test=False, status="accepted")
    found = [Fact(lead.received_at, lead, None, {"leads": 1, "cost": int(lead.cost * 100)}) for lead in accepted]
    for one in Delivery.objects.select_related("lead__campaign", "account").filter(lead__is_test=False):
        found.append(Fact(one.created, one.lead, one.account, {"offered": 1}))
        if one.finished_at:
            found.append(Fact(one.finished_at, one.lead, one.account, _of_end(one)))
    for back in Return.objects.select_related("delivery__lead__campaign", "delivery__account"):
        if back.state == "granted" and back.decided_at and not back.delivery.lead.is_test:
            adds = {"returned": 1, "credited": int(back.price * 100)}
            found.append(Fact(back.decided_at, back.delivery.lead, back.delivery.account, adds))
    return found


NAMED = {"accepted": "sold", "returned": "sold", "rejected": "refused", "failed": "failed", "unknown": "doubted", "cancelled": "cancelled"}


def _of_end(one: Delivery) -> dict[str, int]:
    adds = {NAMED[one.state]: 1}
    if NAMED[one.state] == "sold" and one.finished_at:
        adds |= {"revenue": int(one.price * 100), "bought": int(one.cost * 100)}
        adds["sell_ms"] = round((one.finished_at - one.created) / timedelta(milliseconds=1))
    seen = {"": [], "sent": ["mailed"], "delivered": ["mailed", "arrived"], "opened": ["mailed", "arrived", "opened"]}
    seen |= {"clicked": ["mailed", "arrived", "opened", "clicked"], "bounced": ["mailed", "bounced"]}
    return adds | dict.fromkeys(seen[one.tracking], 1)


KEYS: dict[str, Callable[[Fact], Any]] = {
    "client": lambda fact: fact.account and fact.account.client_id,
    "account": lambda fact: fact.account and fact.account.pk,
    "campaign": lambda fact: fact.lead.campaign_id,
    "source": lambda fact: fact.lead.campaign.source_id,
    "lead_type": lambda fact: fact.lead.lead_type_id,
    "state": lambda fact: fact.lead.state,
    "day": lambda fact: fact.at.astimezone(ZONE).date(),
    "hour": lambda fact: fact.at.astimezone(ZONE).hour,
}


def slow_count(found: Iterable[Fact], first: date, last: date, by: str, filters: dict[str, str]) -> dict[Any, dict[str, int]]:
    """Add up, row by row, by a dimension and under filters; what adds nothing is left out."""
    counted: dict[Any, dict[str, int]] = {}
    for fact in found:
        if not first <= fact.at.astimezone(ZONE).date() <= last:
            continue
        if any(str(KEYS[name](fact)) != ("" if value == "-" else value) for name, value in filters.items()):
            continue
        key = KEYS[by](fact)
        if key is None:
            continue
        into = counted.setdefault(key, {})
        for name, number in fact.adds.items():
            into[name] = into.get(name, 0) + number
    return {key: {name: number for name, number in adds.items() if number} for key, adds in counted.items() if any(adds.values())}
