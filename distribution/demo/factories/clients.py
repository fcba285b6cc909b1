"""Factories of the `clients` floor: who buys, and how it is delivered."""

from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from clients.enums import MethodKind
from clients.models import AccountMethod, Client, ClientGroup, DeliveryAccount, DeliveryMethod
from distribution.demo.factories.intake import LeadTypeFactory


class ClientFactory(DjangoModelFactory[Client]):
    name = factory.Sequence(lambda n: f"Client {n}")
    zip = "60601"
    time_zone = "America/Chicago"

    class Meta:
        model = Client


class ClientGroupFactory(DjangoModelFactory[ClientGroup]):
    """`clients=[...]` are its members."""

    name = factory.Sequence(lambda n: f"Group {n}")

    class Meta:
        model = ClientGroup
        skip_postgeneration_save = True

    @factory.post_generation
    def clients(self: Any, create: bool, members: list[Client] | None, **_: Any) -> None:  # noqa: FBT001 -- factory-boy's signature
        if create and members:
            self.clients.set(members)


class DeliveryMethodFactory(DjangoModelFactory[DeliveryMethod]):
    """A webhook on a public address that does not exist; `mail` makes it an e-mail."""

    client = factory.SubFactory(ClientFactory)
    name = factory.Sequence(lambda n: f"Method {n}")
    kind = MethodKind.WEBHOOK
    url = "https://buyer.example/leads"

    class Meta:
        model = DeliveryMethod

    class Params:
        mail = factory.Trait(
            kind=MethodKind.EMAIL,
            url="",
            to_address="leads@buyer.example",
            subject="Lead {{ lead_number }}",
            text_body="{{ first_name }} {{ last_name }}, {{ phone }}",
        )


class DeliveryAccountFactory(DjangoModelFactory[DeliveryAccount]):
    """Open day and night for every lead of its type. `method=True` (or a method) gives it a first choice to deliver by."""

    client = factory.SubFactory(ClientFactory)
    lead_type = factory.SubFactory(LeadTypeFactory)
    name = factory.Sequence(lambda n: f"Account {n}")
    price = Decimal("20.00")

    class Meta:
        model = DeliveryAccount
        skip_postgeneration_save = True

    @factory.post_generation
    def method(self: Any, create: bool, given: DeliveryMethod | bool | None, **_: Any) -> None:  # noqa: FBT001
        if create and given:
            AccountMethodFactory(
                account=self, method=given if isinstance(given, DeliveryMethod) else DeliveryMethodFactory(client=self.client)
            )


class AccountMethodFactory(DjangoModelFactory[AccountMethod]):
    account = factory.SubFactory(DeliveryAccountFactory)
    method = factory.SubFactory(DeliveryMethodFactory, client=factory.SelfAttribute("..account.client"))

    class Meta:
        model = AccountMethod
