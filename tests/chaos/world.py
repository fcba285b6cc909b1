"""Clients at the hostile sink, some with a cap they will reach, one campaign and its key."""

from decimal import Decimal

from clients.models import Client
from distribution.demo.factories import (
    CampaignFactory,
    CampaignSaleFactory,
    ClientFactory,
    DeliveryAccountFactory,
    DeliveryMethodFactory,
)
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from distribution.services.versions import save_version
from leads.clock import database_now
from leads.services.keys import create_key

CAPPED = 3
"""So many of the first have a cap."""
CAPPED_LAST = 2
"""And of the last, who are among those that misbehave where some are chosen to."""
RULES = [
    {"when": {"path": "$.status", "equals": "ok"}, "means": "accepted"},
    {"when": {"path": "$.status", "equals": "no"}, "means": "rejected"},
    {"when": {"path": "$.status", "equals": "duplicate"}, "means": "duplicate"},
]


def build(*, sink: int, leads: int, clients: int) -> tuple[str, list[int]]:
    """Make the world and return the campaign's key, and the clients' ids in their order."""
    campaign = CampaignFactory.create(name="chaos")
    CampaignSaleFactory.create(campaign=campaign, time_budget_seconds=60)
    cap = leads // (2 * clients)
    made = [_client(campaign, n, sink, cap=cap if n < CAPPED or n >= clients - CAPPED_LAST else None) for n in range(clients)]
    values = {client.pk: Values(weight=Decimal(100)) for client in made}
    settings = Settings(automation=Automation.WEIGHTED, secondary=Automation.PRICE, values=values, breaker_failures=1_000)
    save_version(settings=settings, by=None, now=database_now())
    return create_key(campaign=campaign, by=None, name="chaos", now=database_now())[1], [client.pk for client in made]


def _client(campaign: object, n: int, sink: int, cap: int | None) -> Client:
    client = ClientFactory.create(name=f"Buyer {n}")
    method = DeliveryMethodFactory.create(
        client=client,
        url=f"http://127.0.0.1:{sink}/{client.pk}",
        rules=RULES,
        timeout_seconds=2,
        field_map=[["external_id", "external_id", ""], ["first", "first_name", ""]],
    )
    DeliveryAccountFactory.create(client=client, lead_type=campaign.lead_type, method=method, cap_total=cap, price=Decimal(10))  # type: ignore[attr-defined]
    return client
