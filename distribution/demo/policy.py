"""The sample company's distribution settings, and how they changed in the month that is looked back upon."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from clients.models import Client, DeliveryAccount
from distribution.domain.automation import Automation, Base
from distribution.domain.settings import Group, Settings, Values

TOTAL_WEIGHT = 1000
GROUP_SIZE = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A version that somebody saved some days before the present."""

    days_ago: float
    note: str
    settings: Settings

    def at(self, now: datetime) -> datetime:
        return now - timedelta(days=self.days_ago)


def policy(rng: Random, clients: Sequence[Client], accounts: Sequence[DeliveryAccount]) -> list[Change]:
    """Return the versions, oldest first. All share by weight, equal ones by price; two groups are asked before everyone else."""
    first = Settings(
        automation=Automation.WEIGHTED,
        secondary=Automation.PRICE,
        base_automation=Base.BALANCED,
        groups=_groups(rng, accounts),
        values=_values(rng, clients),
    )
    grown = replace(first, values={**first.values, clients[0].pk: replace(first.values[clients[0].pk], priority=0)})
    locked = replace(grown, client_locking=True)
    tried = replace(locked, base_automation=Base.PRICE)
    return [
        Change(31, "The beginning", first),
        Change(19.4, f"{clients[0].name} first where the number counts", grown),
        Change(12.2, "One delivery at a time to each client", locked),
        Change(6.7, "A trial: the best price first among those that are due", tried),
        Change(3.1, "The trial is over", replace(tried, base_automation=Base.BALANCED, client_locking=False)),
    ]


def _groups(rng: Random, accounts: Sequence[DeliveryAccount]) -> tuple[Group, ...]:
    return (
        Group(
            key="first-look",
            name="First look",
            automation=Automation.PRIORITY,
            secondary=Automation.PRICE,
            account_ids=picked(rng, accounts, "exclusive"),
        ),
        Group(
            key="close-by",
            name="Close by",
            automation=Automation.GEOLOCATION,
            secondary=Automation.ROUND_ROBIN,
            account_ids=picked(rng, accounts, "around home"),
        ),
    )


def _values(rng: Random, clients: Sequence[Client]) -> dict[int, Values]:
    """Give every client a weight (together 1,000) and a percentage (together 100); some have no number."""
    weights, percentages = shares(rng, len(clients), TOTAL_WEIGHT, least=10), shares(rng, len(clients), 100, least=1)
    return {
        client.pk: Values(None if place % 6 == 5 else 1 + place // 4, Decimal(weight), Decimal(percentage))
        for place, (client, weight, percentage) in enumerate(zip(clients, weights, percentages, strict=True))
    }


def picked(rng: Random, accounts: Sequence[DeliveryAccount], habit: str) -> tuple[int, ...]:
    """Return some accounts of this habit: such buy few leads, so that most are left for everyone else."""
    found = [account.pk for account in accounts if habit in account.name]
    return tuple(sorted(rng.sample(found, GROUP_SIZE)))


def shares(rng: Random, count: int, total: int, *, least: int) -> list[int]:
    """Return `count` whole numbers, none below `least`, whose sum is `total`."""
    rest = total - count * (least - 1)
    cuts = sorted(rng.sample(range(1, rest), count - 1))
    return [high - low + least - 1 for low, high in zip([0, *cuts], [*cuts, rest], strict=True)]
