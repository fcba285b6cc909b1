"""Factories of the `distribution` floor: settings, decisions and offers."""

from datetime import timedelta
from typing import Any

import factory
from django.db.models import Max
from django.utils import timezone
from factory.django import DjangoModelFactory

from distribution.demo.factories.clients import AccountMethodFactory, DeliveryAccountFactory, DeliveryMethodFactory
from distribution.demo.factories.intake import CampaignFactory, LeadFactory
from distribution.demo.factories.people import ManagerFactory
from distribution.domain.settings import Settings
from distribution.enums import AttemptOutcome, DeliveryState, MailEventKind
from distribution.models import (
    Attempt,
    CampaignSale,
    Decision,
    Delivery,
    DeliveryCopy,
    DeliveryFile,
    Heartbeat,
    MailEvent,
    MailPause,
    Ping,
    Pool,
    Return,
    SettingsVersion,
)
from leads.enums import LeadOutcome


class CampaignSaleFactory(DjangoModelFactory[CampaignSale]):
    campaign = factory.SubFactory(CampaignFactory)

    class Meta:
        model = CampaignSale


class SettingsVersionFactory(DjangoModelFactory[SettingsVersion]):
    """The next version; `settings=Settings(...)` is what it says, all defaults without."""

    class Params:
        settings = factory.LazyFunction(Settings)

    number = factory.LazyFunction(lambda: (SettingsVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1)
    created = factory.LazyFunction(timezone.now)
    note = "For the test"
    data = factory.LazyAttribute(lambda version: version.settings.to_json())

    class Meta:
        model = SettingsVersion


def newest_version() -> SettingsVersion:
    return SettingsVersion.objects.first() or SettingsVersionFactory.create()


class PoolFactory(DjangoModelFactory[Pool]):
    key = factory.Sequence(lambda n: f"group:{n}")

    class Meta:
        model = Pool


class DecisionFactory(DjangoModelFactory[Decision]):
    lead = factory.SubFactory(LeadFactory)
    run = factory.LazyAttribute(lambda decision: decision.lead.decisions.count() + 1)
    version = factory.LazyFunction(newest_version)
    started = factory.SelfAttribute("lead.received_at")

    class Meta:
        model = Decision


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """A reserved place that is due; `accepted`, `rejected`, `failed` and `unknown` are how it may end."""

    lead = factory.SubFactory(LeadFactory)
    decision = factory.SubFactory(DecisionFactory, lead=factory.SelfAttribute("..lead"))
    account = factory.SubFactory(DeliveryAccountFactory, lead_type=factory.SelfAttribute("..lead.lead_type"))
    client = factory.SelfAttribute("account.client")
    method: Any = factory.LazyAttribute(lambda delivery: first_method(delivery.account))
    slot = 1
    rank = 1
    pool = "default"
    price = factory.SelfAttribute("account.price")
    cost = factory.SelfAttribute("lead.cost")
    created = factory.LazyFunction(timezone.now)
    due_at = factory.LazyAttribute(lambda delivery: delivery.created if delivery.state == DeliveryState.QUEUED else None)
    finished_at = factory.LazyAttribute(lambda delivery: None if delivery.state == DeliveryState.QUEUED else delivery.created)
    state = DeliveryState.QUEUED

    class Meta:
        model = Delivery

    class Params:
        accepted = factory.Trait(
            state=DeliveryState.ACCEPTED, lead=factory.SubFactory(LeadFactory, outcome=LeadOutcome.SOLD), client_reference="R-1"
        )
        rejected = factory.Trait(state=DeliveryState.REJECTED, reason="rejected", message="Not wanted")
        failed = factory.Trait(state=DeliveryState.FAILED, reason="not_sent", message="The client's server could not be reached")
        unknown = factory.Trait(
            state=DeliveryState.UNKNOWN, is_tainted=True, lead=factory.SubFactory(LeadFactory, outcome=LeadOutcome.REVIEW)
        )


def first_method(account: Any) -> Any:
    use = account.uses.select_related("method").first() or AccountMethodFactory(account=account)
    return use.method


class AttemptFactory(DjangoModelFactory[Attempt]):
    delivery = factory.SubFactory(DeliveryFactory)
    n = 1
    claim = 1
    started = factory.SelfAttribute("delivery.created")
    ended = factory.SelfAttribute("started")
    outcome = AttemptOutcome.ACCEPTED
    status = 200

    class Meta:
        model = Attempt


class PingFactory(DjangoModelFactory[Ping]):
    """A ping that waits to be sent."""

    decision = factory.SubFactory(DecisionFactory)
    lead = factory.SelfAttribute("decision.lead")
    account = factory.SubFactory(DeliveryAccountFactory)
    client = factory.SelfAttribute("account.client")
    method = factory.LazyAttribute(lambda ping: first_method(ping.account))
    created = factory.SelfAttribute("decision.started")
    deadline = factory.LazyAttribute(lambda ping: ping.created + timedelta(seconds=5))

    class Meta:
        model = Ping


class DeliveryFileFactory(DjangoModelFactory[DeliveryFile]):
    """A client's file of one day, closed and about to be sent."""

    method = factory.SubFactory(DeliveryMethodFactory)
    starts = factory.LazyFunction(lambda: timezone.now().replace(hour=0, minute=0, second=0, microsecond=0))
    ends = factory.LazyAttribute(lambda file: file.starts + timedelta(days=1))
    name = factory.LazyAttribute(lambda file: f"leads-{file.starts:%Y-%m-%d}.csv")
    columns = factory.LazyFunction(lambda: ["phone"])
    sha256 = "0" * 64
    created = factory.SelfAttribute("ends")
    due_at = factory.SelfAttribute("created")

    class Meta:
        model = DeliveryFile


class DeliveryCopyFactory(DjangoModelFactory[DeliveryCopy]):
    """A sold lead that waits to go once more, by another of the client's methods."""

    delivery = factory.SubFactory(DeliveryFactory, accepted=True)
    method = factory.LazyAttribute(lambda copy: DeliveryMethodFactory.create(client=copy.delivery.client))
    created = factory.SelfAttribute("delivery.created")
    due_at = factory.SelfAttribute("created")

    class Meta:
        model = DeliveryCopy


class ReturnFactory(DjangoModelFactory[Return]):
    """A sold lead that its client asks to give back."""

    delivery = factory.SubFactory(DeliveryFactory, accepted=True)
    client = factory.SelfAttribute("delivery.client")
    reason = "The phone is disconnected"
    price = factory.SelfAttribute("delivery.price")
    sold_at = factory.SelfAttribute("delivery.finished_at")
    requested_at = factory.SelfAttribute("delivery.finished_at")
    requested_by = factory.SubFactory(ManagerFactory)

    class Meta:
        model = Return


class MailEventFactory(DjangoModelFactory[MailEvent]):
    """A mail that a person opened."""

    delivery = factory.SubFactory(DeliveryFactory, accepted=True)
    kind = MailEventKind.OPENED
    source = "pixel"
    key = factory.Sequence(lambda n: f"{n:064d}")
    at = factory.SelfAttribute("delivery.finished_at")
    received = factory.SelfAttribute("at")

    class Meta:
        model = MailEvent


class MailPauseFactory(DjangoModelFactory[MailPause]):
    """An address from which a mail was reported as spam."""

    delivery = factory.SubFactory(DeliveryFactory, accepted=True)
    client = factory.SelfAttribute("delivery.client")
    address = factory.Sequence(lambda n: f"sales{n}@client.example")
    since = factory.SelfAttribute("delivery.finished_at")

    class Meta:
        model = MailPause


class HeartbeatFactory(DjangoModelFactory[Heartbeat]):
    name = factory.Sequence(lambda n: f"worker-{n}")
    last_tick = factory.LazyFunction(timezone.now)

    class Meta:
        model = Heartbeat
