"""Writes the parts of a day as rows, and changes them as the day goes on; ids are known by the names of the file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.enums import MethodKind
from clients.models import AccountMethod, Client, ClientGroup, DeliveryAccount, DeliveryMethod
from distribution.models import CampaignSale, SettingsVersion
from distribution.sandbox.check import plain
from distribution.sandbox.parts import AccountPart, CampaignPart, CapsPart, ClientPart, Day, LeadTypePart
from distribution.sandbox.world import Owner, World
from distribution.services.market import forget_market
from distribution.services.versions import save_version
from leads.models import Campaign, Company, LeadField, LeadType, Source


@dataclass(slots=True)
class Rows:
    """What stands in the tables: lead types and campaigns by name, and the ids of clients and accounts both ways."""

    world: World
    time_zone: str
    lead_types: dict[str, LeadType] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    ids: dict[Owner, int] = field(default_factory=dict)
    clients: dict[int, str] = field(default_factory=dict)
    """Names by id, also of clients that are gone."""
    accounts: dict[int, tuple[str, str]] = field(default_factory=dict)

    def load_campaign(self, name: str) -> None:
        """Read a campaign as the doors of intake have it: with its lead type and that type's fields."""
        campaigns = Campaign.objects.select_related("source", "sale", "lead_type").prefetch_related("lead_type__fields")
        self.campaigns[name] = campaigns.get(name=name)


def build(day: Day, world: World, *, now: datetime) -> Rows:
    """Fill the empty tables with the world as the day begins."""
    Company.objects.create(name="Sandbox", time_zone=day.time_zone)
    rows = Rows(world, day.time_zone)
    for lead_type in day.lead_types:
        rows.lead_types[lead_type.name] = _lead_type(lead_type)
    ClientGroup.objects.bulk_create([ClientGroup(name=name) for name in sorted(world.client_groups)])
    add_clients(rows, day.clients)
    SettingsVersion.objects.create(number=1, created=now, note="As the day begins", data=world.live_settings(rows.ids).to_json())
    for campaign in day.campaigns:
        add_campaign(rows, campaign)
    forget_market()
    return rows


def _lead_type(part: LeadTypePart) -> LeadType:
    row = LeadType.objects.create(
        name=part.name,
        duplicate_sets=[list(names) for names in part.duplicate_sets],
        duplicate_hours=part.duplicate_hours,
        duplicate_against=part.duplicate_against,
    )
    LeadField.objects.bulk_create(
        LeadField(
            lead_type=row,
            position=position,
            name=one.name,
            label=one.label or one.name,
            kind=one.kind,
            is_required=one.required,
            choices=list(one.choices),
            minimum=one.minimum,
            maximum=one.maximum,
            pattern=one.pattern,
        )
        for position, one in enumerate(part.fields)
    )
    return row


def add_campaign(rows: Rows, part: CampaignPart) -> None:
    source, _ = Source.objects.get_or_create(name=part.source)
    lead_type = rows.lead_types[rows.world.lead_type(part.lead_type)]
    Campaign.objects.create(name=part.name, source=source, lead_type=lead_type, cost=part.cost, routes=list(part.routes))
    CampaignSale.objects.create(campaign=Campaign.objects.get(name=part.name), **_selling(part))
    rows.load_campaign(part.name)


def change_campaign(rows: Rows, part: CampaignPart) -> None:
    row = Campaign.objects.get(name=part.name)
    row.cost, row.routes = part.cost, list(part.routes)
    row.save()
    CampaignSale.objects.filter(campaign=row).update(**_selling(part))
    rows.load_campaign(part.name)


def _selling(part: CampaignPart) -> dict[str, Any]:
    return {
        "max_deliveries": part.max_deliveries,
        "automation": part.automation or "",
        "secondary": part.secondary or "",
        "base_automation": part.base_automation or "",
        "client_group": ClientGroup.objects.get(name=part.client_group) if part.client_group else None,
    }


def add_clients(rows: Rows, clients: Iterable[ClientPart]) -> None:
    """Write clients with their accounts in entry order; each account is delivered to by a method of its own."""
    parts = list(clients)
    buyers = Client.objects.bulk_create([Client(**_client(rows, part)) for part in parts])
    for part, buyer in zip(parts, buyers, strict=True):
        rows.ids[part.name], rows.clients[buyer.pk] = buyer.pk, part.name
        _join_groups(part, buyer.pk)
    pairs = [(part, account) for part in parts for account in part.accounts]
    made = DeliveryAccount.objects.bulk_create(
        [DeliveryAccount(client_id=rows.ids[part.name], name=account.name, **_account(rows, account)) for part, account in pairs]
    )
    methods = DeliveryMethod.objects.bulk_create(
        [
            # What fails has failed with all its retries, and what stays in doubt has been asked again.
            DeliveryMethod(
                client_id=row.client_id,
                name=row.name,
                kind=_kind(account),
                url="https://client.invalid/",
                retries=0,
                recognises_repeats=False,
            )
            for (_, account), row in zip(pairs, made, strict=True)
        ]
    )
    AccountMethod.objects.bulk_create(AccountMethod(account=row, method=method) for row, method in zip(made, methods, strict=True))
    for (part, account), row in zip(pairs, made, strict=True):
        rows.ids[part.name, account.name] = row.pk
        rows.accounts[row.pk] = (part.name, account.name)


def change_client(rows: Rows, part: ClientPart) -> None:
    row = Client.objects.get(pk=rows.ids[part.name])
    for name, value in _client(rows, part).items():
        setattr(row, name, value)
    row.save()
    row.groups.clear()
    _join_groups(part, row.pk)


def change_account(rows: Rows, client: str, part: AccountPart) -> None:
    row = DeliveryAccount.objects.get(pk=rows.ids[client, part.name])
    for name, value in _account(rows, part).items():
        setattr(row, name, value)
    row.save()
    DeliveryMethod.objects.filter(uses__account=row).exclude(kind=_kind(part)).update(kind=_kind(part))


def _kind(part: AccountPart) -> MethodKind:
    return MethodKind.PING_POST if part.ping else MethodKind.WEBHOOK


def delete_client(rows: Rows, name: str, *, now: datetime) -> None:
    """Take a client away as the product does: archived, so that its sales stay; its name may be used again."""
    gone = rows.ids.pop(name)
    for owner in [owner for owner in rows.ids if owner[0] == name and not isinstance(owner, str)]:
        del rows.ids[owner]
    Client.objects.filter(pk=gone).update(archived_at=now, name=f"{name} #{gone}")


def save_settings(rows: Rows, *, now: datetime) -> None:
    """Make the settings as the file now has them the live ones; nothing happens when they are so already."""
    save_version(settings=rows.world.live_settings(rows.ids), by=None, now=now)


def _join_groups(part: ClientPart, client: int) -> None:
    for group in ClientGroup.objects.filter(name__in=part.groups):
        group.clients.add(client)


def _client(rows: Rows, part: ClientPart) -> dict[str, Any]:
    return _caps(part.caps) | {
        "name": part.name,
        "status": part.status,
        "time_zone": part.time_zone or rows.time_zone,
        "zip": part.zip,
        "latitude": part.latitude,
        "longitude": part.longitude,
        "account_automation": part.account_automation,
        "tier_delivery": part.tier_delivery,
        "duplicate_hours": part.duplicate_hours,
    }


def _account(rows: Rows, part: AccountPart) -> dict[str, Any]:
    share = part.qualified_share
    return _caps(part.caps) | {
        "lead_type": rows.lead_types[rows.world.lead_type(part.lead_type)],
        "status": part.status,
        "is_automated": part.automated,
        "price": part.price,
        "is_exclusive": part.exclusive,
        "priority": part.priority,
        "criteria": plain(part.criteria),
        "schedule": part.schedule,
        "closed_dates": list(part.closed_dates),
        "time_zone": part.time_zone or "",
        "off_hours": part.off_hours,
        "may_exceed_caps": part.may_exceed_caps,
        "required_revenue": part.required_revenue,
        "required_profit": part.required_profit,
        "required_profit_percent": part.required_profit_percent,
        "qualified_percent": share.percent if share else None,
        "qualified_window": share.window if share else "",
    }


def _caps(caps: CapsPart) -> dict[str, Any]:
    leads = {f"cap_{kind}": getattr(caps, kind) for kind in ("hour", "day", "week", "month", "total")}
    return leads | {"budget_day": caps.budget_day, "budget_month": caps.budget_month}
