"""The market: who buys what now, compiled once and kept in the process until the database says it is old."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Prefetch

from clients.enums import MethodKind
from clients.models import AccountMethod, Client, ClientGroup, DeliveryAccount
from distribution.domain import market as domain
from distribution.domain.automation import AccountAutomation, Automation, Base
from distribution.domain.market import CampaignTerms
from distribution.domain.slate import Market, build_market
from distribution.models import SettingsVersion
from distribution.services.methods import in_order, is_usable
from distribution.services.versions import live_version, settings_of
from leads.domain.criteria import compile_criteria
from leads.domain.criteria_fields import FieldSpec
from leads.domain.hours import parse_schedule
from leads.domain.places import Point
from leads.domain.windows import WindowKind
from leads.models import Campaign, Company, LeadType
from leads.places import point_of_zip
from leads.services.facts import field_specs


@dataclass(frozen=True, slots=True)
class LiveMarket:
    """The compiled market with the version that decides and the revision of the configuration it was read at."""

    version: SettingsVersion
    revision: int
    market: Market
    fields: Mapping[int, dict[str, FieldSpec]]
    """By lead type: what criteria may name."""
    methods: Mapping[int, int]
    """By account: the method of its first choice."""
    fallbacks: Mapping[int, tuple[int, ...]]
    """By account: the methods that step in when the first choice fails, in their order; none where it must be pinged first."""
    groups: Mapping[int, frozenset[int]]
    """By client group: its clients."""
    duplicate_hours: Mapping[int, int]
    """By client: hours in which it does not buy the same person again."""


class _Kept:
    """The market this process compiled last."""

    live: LiveMarket | None = None


def live_market(newest: str | None = None) -> LiveMarket:
    """Return the market as committed now: one small query when nothing has changed, none when `NEWEST` was asked just now."""
    kept, newest = _Kept.live, newest or _newest()
    if kept is None or f"{kept.version.pk} {kept.revision}" != newest:
        _, revision = newest.split()
        kept = _Kept.live = read_market(live_version(), int(revision))
    return kept


NEWEST = """(
    coalesce((SELECT id FROM distribution_settingsversion ORDER BY number DESC LIMIT 1), 0)
    || ' ' || coalesce((SELECT number FROM clients_configrevision LIMIT 1), 0)
)"""
"""Key of the settings version in force, and the number that the database raises when it changes who buys what."""


def _newest() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NEWEST}")
        return str(cursor.fetchone()[0])


def forget_market() -> None:
    """Drop what this process has compiled; for those who change the database under its feet."""
    _Kept.live = None


def read_market(version: SettingsVersion, revision: int) -> LiveMarket:
    """Read and compile clients and accounts in a fixed number of queries."""
    types = LeadType.objects.prefetch_related("fields")
    fields = {lead_type.pk: field_specs(lead_type.fields.all()) for lead_type in types}
    clients = list(Client.objects.filter(archived_at=None).order_by("pk"))
    accounts = list(_accounts())
    methods = {account.pk: use.method_id for account in accounts if (use := _first_choice(account.uses.all()))}
    fallbacks = {account.pk: _fallbacks(account.uses.all(), methods.get(account.pk)) for account in accounts}
    pinged = {account.pk for account in accounts if (use := _first_choice(account.uses.all())) and use.method.kind == MethodKind.PING_POST}
    groups = {group.pk: frozenset(client.pk for client in group.clients.all()) for group in ClientGroup.objects.prefetch_related("clients")}
    return LiveMarket(
        version=version,
        revision=revision,
        market=build_market(
            settings_of(version),
            [client_of(client) for client in clients],
            [
                account_of(account, fields[account.lead_type_id], has_method=account.pk in methods, ping=account.pk in pinged)
                for account in accounts
            ],
            ZoneInfo(Company.current().time_zone),
        ),
        fields=fields,
        methods=methods,
        fallbacks={account: others for account, others in fallbacks.items() if others and account not in pinged},
        groups=groups,
        duplicate_hours={client.pk: client.duplicate_hours for client in clients},
    )


def _accounts() -> Iterable[DeliveryAccount]:
    uses = AccountMethod.objects.select_related("method")
    accounts = DeliveryAccount.objects.filter(archived_at=None, client__archived_at=None)
    return accounts.select_related("client").prefetch_related(Prefetch("uses", queryset=uses)).order_by("pk")


def _first_choice(uses: Iterable[AccountMethod]) -> AccountMethod | None:
    """The enabled method that an account sells by: the one marked so, else the first in order that may step in, else any."""
    enabled = [use for use in uses if is_usable(use.method)]
    return next(iter(in_order(enabled) or enabled), None)


def _fallbacks(uses: Iterable[AccountMethod], first: int | None) -> tuple[int, ...]:
    return tuple(use.method_id for use in in_order([use for use in uses if is_usable(use.method)]) if use.method_id != first)


def client_of(client: Client) -> domain.Client:
    return domain.Client(
        id=client.pk,
        entry=client.pk,
        zone=ZoneInfo(client.time_zone),
        status=domain.ClientStatus(client.status),
        caps=caps_of(client),
        account_automation=AccountAutomation(client.account_automation),
        tier_delivery=client.tier_delivery,
        point=_point(client),
        since=client.activations,
    )


def account_of(account: DeliveryAccount, fields: Mapping[str, FieldSpec], *, has_method: bool, ping: bool = False) -> domain.Account:
    return domain.Account(
        id=account.pk,
        client_id=account.client_id,
        lead_type=account.lead_type_id,
        entry=account.pk,
        zone=ZoneInfo(account.time_zone or account.client.time_zone),
        price=account.price,
        exclusive=account.is_exclusive,
        status=domain.AccountStatus(account.status),
        automated=account.is_automated,
        has_method=has_method,
        ping=ping,
        criteria=compile_criteria(account.criteria, fields, point_of_zip) if account.criteria else None,
        hours=parse_schedule(account.schedule),
        closed_dates=frozenset(account.closed_dates),
        hold=account.off_hours == "hold",
        caps=caps_of(account),
        may_exceed_caps=account.may_exceed_caps,
        priority=account.priority,
        required_revenue=account.required_revenue,
        required_profit=account.required_profit,
        required_profit_percent=account.required_profit_percent,
        qualified=_qualified(account),
    )


def caps_of(owner: Client | DeliveryAccount) -> tuple[domain.Cap, ...]:
    limits = ((kind, _limit_of(owner, kind)) for kind in domain.CapKind)
    return tuple(domain.Cap(kind, Decimal(limit)) for kind, limit in limits if limit is not None)


def _limit_of(owner: Client | DeliveryAccount, kind: domain.CapKind) -> Any:
    return getattr(owner, kind.value if kind.is_budget else f"cap_{kind.value}")


def _point(client: Client) -> Point | None:
    if client.latitude is not None and client.longitude is not None:
        return client.latitude, client.longitude
    return point_of_zip(client.zip) if client.zip else None


def _qualified(account: DeliveryAccount) -> domain.QualifiedShare | None:
    if account.qualified_percent is None:
        return None
    return domain.QualifiedShare(account.qualified_percent, WindowKind(account.qualified_window))


def terms_of(campaign: Campaign, groups: Mapping[int, frozenset[int]]) -> CampaignTerms:
    """What the campaign says about selling; one that says nothing sells once, by the default automation."""
    sale = getattr(campaign, "sale", None)
    if sale is None:
        return CampaignTerms(campaign=campaign.pk, cost=campaign.cost)
    return CampaignTerms(
        campaign=campaign.pk,
        cost=campaign.cost,
        max_deliveries=sale.max_deliveries,
        client_group=groups.get(sale.client_group_id, frozenset()) if sale.client_group_id else None,
        automation=Automation(sale.automation) if sale.automation else None,
        secondary=Automation(sale.secondary) if sale.secondary else None,
        base_automation=Base(sale.base_automation) if sale.base_automation else None,
    )
