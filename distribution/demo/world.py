"""The sample world without its leads: company, people, lead types, campaigns, clients, accounts, settings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection

from clients.enums import ClientStatus
from clients.models import Client, ClientGroup, DeliveryAccount, DeliveryMethod
from distribution.demo.clientele import ClientPlan, clientele
from distribution.demo.clients_made import make_accounts, make_methods
from distribution.demo.factories import (
    BranchFactory,
    CampaignFactory,
    CampaignSaleFactory,
    ClientFactory,
    ClientGroupFactory,
    ClientUserFactory,
    CompanyFactory,
    LeadFieldFactory,
    LeadTypeFactory,
    SourceFactory,
    UserFactory,
)
from distribution.demo.policy import Change, policy
from distribution.demo.salesfloor import make_floor
from distribution.demo.staff import BRANCHES, Passwords, staff
from distribution.demo.verticals import CAMPAIGNS, LEAD_TYPES, SOURCES, CampaignPlan
from distribution.models import CampaignSale
from leads.models import Campaign, Company, LeadType
from leads.places import place_of_zip
from pullqueue.enums import Role
from pullqueue.models import Branch, User

COMPANY = "Lantern Lead Exchange"
COMPANY_ZONE = "America/New_York"
PARTNERS = "Partner buyers"


@dataclass(slots=True)
class World:
    """What was made, in the order of entry."""

    people: list[User] = field(default_factory=list)
    lead_types: dict[str, LeadType] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)
    accounts: list[DeliveryAccount] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def administrator(self) -> User:
        return self.people[0]


def build_world(rng: Random, *, passwords: Passwords, buyer_url: str, now: datetime) -> World:
    """Make everything that stands before the first lead comes in. Give it an empty database and a transaction."""
    world = World()
    _make_company()
    world.people = _make_people(rng, passwords)
    make_floor(world.people)
    world.lead_types = _make_lead_types()
    plans = clientele(rng)
    world.clients = _make_clients(plans)
    for client, plan in zip(world.clients, plans, strict=True):
        methods = make_methods(client, plan, buyer_url=buyer_url, now=now)
        world.accounts += make_accounts(client, plan, methods, world.lead_types)
    partners = ClientGroupFactory.create(name=PARTNERS, clients=world.clients[::3])
    world.campaigns = _make_campaigns(world.lead_types, partners)
    _seat_client_users(world.people, world.clients, plans)
    world.changes = policy(rng, world.clients, world.accounts)
    backdate(now - timedelta(days=32))
    return world


def _make_company() -> None:
    Company.objects.all().delete()
    CompanyFactory.create(name=COMPANY, time_zone=COMPANY_ZONE)


def _make_people(rng: Random, passwords: Passwords) -> list[User]:
    """Everyone of a role shares one password and, to save half a second each, its one hash."""
    branches: dict[str, Branch] = {}
    for name, parent in BRANCHES:
        branches[name] = BranchFactory.create(name=name, parent=branches.get(parent or ""))
    hashes = {text: make_password(text) for text in {passwords.admin, passwords.manager, passwords.rep}}
    people = []
    for person in staff(rng):
        user = UserFactory.build(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            role=person.role,
            branch=branches.get(person.branch or ""),
            time_zone=COMPANY_ZONE,
        )
        user.password = hashes[passwords.of(person.role)]
        user.save()
        people.append(user)
    return people


def _make_lead_types() -> dict[str, LeadType]:
    made = {}
    for name, fields in LEAD_TYPES.items():
        made[name] = LeadTypeFactory.create(name=name)
        for position, one in enumerate(fields):
            LeadFieldFactory.create(
                lead_type=made[name],
                position=position,
                name=one.name,
                label=one.label,
                kind=one.kind,
                is_required=one.is_required,
                choices=list(one.choices),
                minimum=one.minimum,
                maximum=one.maximum,
            )
    return made


def _make_campaigns(lead_types: dict[str, LeadType], partners: ClientGroup) -> dict[str, Campaign]:
    sources = {name: SourceFactory.create(name=name) for name in SOURCES}
    made = {}
    for plan in CAMPAIGNS:
        made[plan.name] = CampaignFactory.create(
            source=sources[plan.source],
            lead_type=lead_types[plan.lead_type],
            name=plan.name,
            status=plan.status,
            channel=plan.channel,
            cost=plan.cost,
            routes=list(plan.routes),
            **plan.options,
        )
        CampaignSaleFactory.create(campaign=made[plan.name], **_sale(plan, partners))
    return made


def _sale(plan: CampaignPlan, partners: ClientGroup) -> dict[str, object]:
    return {**plan.sale, "client_group": partners if plan.to_partners_only else None}


def _make_clients(plans: Sequence[ClientPlan]) -> list[Client]:
    return [
        ClientFactory.create(name=plan.name, zip=plan.zip, time_zone=zone_of(plan.zip), contact_email=plan.contact, **plan.options)
        for plan in plans
    ]


def zone_of(zip_code: str) -> str:
    """Return the clock of a ZIP that is known to have one."""
    place = place_of_zip(zip_code)
    return place.zones[0] if place and place.zones else COMPANY_ZONE


def _seat_client_users(people: Sequence[User], clients: Sequence[Client], plans: Sequence[ClientPlan]) -> None:
    """Those who only look their leads up first."""
    seats = [person for person in people if person.role == Role.CLIENT]
    buying = [(client, plan) for client, plan in zip(clients, plans, strict=True) if client.status == ClientStatus.ACTIVE]
    for person, (client, _) in zip(seats, sorted(buying, key=lambda one: one[1].manner != "portal"), strict=False):
        ClientUserFactory.create(user=person, client=client)


def backdate(to: datetime) -> None:
    """Let everything have been there before the month that is looked back upon, its history too."""
    for model in (Campaign, Client, DeliveryAccount, LeadType):
        model.objects.update(created=to)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('switchyard.erasing', 'on', true)")  # the database lets nobody change a history
        for kept in (Campaign.history, CampaignSale.history, Client.history, DeliveryAccount.history, DeliveryMethod.history):
            kept.update(history_date=to, history_change_reason="Samples")
        cursor.execute("SELECT set_config('switchyard.erasing', 'off', true)")
    User.objects.update(date_joined=to)
