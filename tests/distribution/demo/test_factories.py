"""Every model has a factory whose product the database and the model's own checks accept."""

import pytest
from django.apps import apps
from factory.django import DjangoModelFactory

from distribution.demo import factories
from distribution.models import Delivery
from leads.enums import LeadOutcome

FLOORS = ("leads", "clients", "pullqueue", "distribution")
MADE_BY_THE_DATABASE = {"ConfigRevision", "QueueState"}  # one row each, made by their migrations
ALL = {name: factory for name, factory in vars(factories).items() if isinstance(factory, type) and issubclass(factory, DjangoModelFactory)}


def test_every_model_has_a_factory() -> None:
    names = {
        model.__name__
        for floor in FLOORS
        for model in apps.get_app_config(floor).get_models()
        if not model.__name__.startswith("Historical")
    }
    assert names - {factory._meta.model.__name__ for factory in ALL.values()} == MADE_BY_THE_DATABASE


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ALL))
def test_what_a_factory_makes_passes_the_model_s_own_checks(name: str) -> None:
    made = ALL[name].create()
    made.refresh_from_db()
    left_to_programs = [field.name for field in made._meta.fields if field.value_from_object(made) in (None, {}, []) and not field.blank]
    made.full_clean(exclude=left_to_programs)
    assert type(made).objects.count() >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ALL))
def test_a_factory_makes_two_that_differ(name: str) -> None:
    first, second = ALL[name].create_batch(2)
    assert first.pk != second.pk


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["accepted", "rejected", "failed", "unknown"])
def test_a_delivery_can_be_made_in_each_of_its_ends(end: str) -> None:
    delivery = factories.DeliveryFactory.create(**{end: True})
    assert Delivery.objects.values_list("state", "due_at").get(pk=delivery.pk) == (end, None)


@pytest.mark.django_db
def test_a_lead_that_is_sold_is_not_due_any_more() -> None:
    sold, pending = factories.LeadFactory.create(sold=True), factories.LeadFactory.create()
    assert (sold.outcome, sold.due_at, sold.routes_left) == (LeadOutcome.SOLD, None, [])
    assert (pending.outcome, pending.due_at, pending.routes_left) == ("pending", pending.received_at, ["distribute", "push", "pull"])


@pytest.mark.django_db
def test_an_account_gets_a_method_of_its_own_client_when_asked() -> None:
    with_one, without = factories.DeliveryAccountFactory.create(method=True), factories.DeliveryAccountFactory.create()
    assert [use.method.client for use in with_one.uses.all()] == [with_one.client]
    assert list(without.uses.all()) == []
