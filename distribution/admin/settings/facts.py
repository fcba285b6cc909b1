"""What the settings page knows beside the settings: clients, accounts, sales of today and credits, in a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count

from clients.enums import AccountStatus, ClientStatus
from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.domain.settings import Settings
from distribution.domain.slate import DEFAULT_POOL
from distribution.enums import DeliveryState
from distribution.models import CampaignSale, Delivery, Pool
from leads.domain.shares import PoolState
from leads.domain.windows import WindowKind, window
from leads.places import point_of_zip
from leads.viewer import viewer

LONGEST_HOLD = timedelta(days=8)
"""A lead sold today was offered within these days: off hours it waits for an opening of the same week."""


class AccountFact(NamedTuple):
    id: int
    client: int
    name: str
    is_open: bool


@dataclass(frozen=True)
class Facts:
    """All by id. `clients` are those that are not archived, in entry order."""

    now: datetime
    clients: Mapping[int, Client]
    accounts: Mapping[int, AccountFact]
    sold: Mapping[tuple[int, str], int]
    """Leads sold today by client and pool."""
    pools: Mapping[str, PoolState]
    paused: Mapping[int, datetime]
    """Clients of which a delivery method is paused after failures, until then."""
    campaigns: tuple[CampaignSale, ...]
    """Those that override the automation."""

    @cached_property
    def names(self) -> dict[int, str]:
        return {client.pk: client.name for client in self.clients.values()}

    @cached_property
    def account_names(self) -> dict[int, str]:
        return {account.id: f"{self.clients[account.client].name} › {account.name}" for account in self.accounts.values()}

    @cached_property
    def active(self) -> list[Client]:
        """Clients of the table, by name."""
        found = [client for client in self.clients.values() if client.status == ClientStatus.ACTIVE]
        return sorted(found, key=lambda client: (client.name.casefold(), client.pk))

    @property
    def placeless(self) -> list[Client]:
        """Active clients without coordinates or a known ZIP: nearest-first puts them last."""
        return [client for client in self.active if not has_place(client)]

    def sold_in(self, pool: str) -> int:
        return sum(count for (_, key), count in self.sold.items() if key == pool)


def has_place(client: Client) -> bool:
    if client.latitude is not None and client.longitude is not None:
        return True
    place = point_of_zip(client.zip) if client.zip else None
    return place is not None


def group_pool(key: str) -> str:
    return f"group:{key}"


def read_facts(settings: Settings, *, now: datetime) -> Facts:
    """Read them with six queries, however many clients there are."""
    clients = {client.pk: client for client in _clients()}
    rows = DeliveryAccount.objects.filter(archived_at=None, client__archived_at=None).order_by("pk")
    accounts = [AccountFact(pk, client, name, state == AccountStatus.OPEN) for pk, client, name, state in _columns(rows)]
    keys = [DEFAULT_POOL, *(group_pool(group.key) for group in settings.groups)]
    pools = Pool.objects.filter(key__in=keys).values_list("key", "state")
    paused = DeliveryMethod.objects.filter(paused_until__gt=now, is_enabled=True, archived_at=None).order_by("paused_until")
    overriding = CampaignSale.objects.filter(campaign__archived_at=None).exclude(automation="")
    return Facts(
        now=now,
        clients=clients,
        accounts={account.id: account for account in accounts},
        sold=_sold(now),
        pools={key: PoolState.from_json(state) for key, state in pools},
        paused={method.client_id: method.paused_until for method in paused if method.paused_until},
        campaigns=tuple(overriding.select_related("campaign").order_by("campaign__name")),
    )


def _clients() -> Iterable[Client]:
    wanted = ("name", "status", "zip", "latitude", "longitude", "activations")
    return Client.objects.filter(archived_at=None).only(*wanted).order_by("pk")


def _columns(rows: Any) -> Iterable[tuple[int, int, str, str]]:
    return rows.values_list("pk", "client_id", "name", "status")


def _sold(now: datetime) -> dict[tuple[int, str], int]:
    """Count what was sold since the company's midnight."""
    today = window(WindowKind.DAY, viewer().company_zone, now).start
    rows = Delivery.objects.filter(state=DeliveryState.ACCEPTED, created__gte=today - LONGEST_HOLD, finished_at__gte=today)
    counted = rows.order_by().values_list("client_id", "pool").annotate(count=Count("pk"))
    return {(client, pool): count for client, pool, count in counted}
