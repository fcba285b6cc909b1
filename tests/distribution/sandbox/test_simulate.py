"""Made-up days: what is due happens at its own time, in order, through the same code as on a real day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from clients.models import DeliveryAccount
from distribution.demo.factories import (
    CampaignFactory,
    ClientFactory,
    DeliveryAccountFactory,
    DeliveryMethodFactory,
    SettingsVersionFactory,
)
from distribution.domain.automation import Automation
from distribution.domain.retry import Outcome
from distribution.domain.settings import Settings
from distribution.models import Delivery, SettingsVersion
from distribution.services.simulate import SimulatedAnswer, Simulation
from leads.models import Campaign, Lead

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
YES = SimulatedAnswer(Outcome.ACCEPTED)
NO = SimulatedAnswer(Outcome.REJECTED, "Not wanted")
BUSY = SimulatedAnswer(Outcome.NOT_TAKEN)
DOWN = SimulatedAnswer(Outcome.NOT_SENT)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> None:
    settings.PUBLISHES_WAKE_UPS = False


@pytest.fixture
def campaign() -> Campaign:
    SettingsVersionFactory.create(settings=Settings(automation=Automation.PRICE))
    return CampaignFactory.create()


def buyer(campaign: Campaign, name: str, price: int, **more: Any) -> DeliveryAccount:
    method = more.pop("method", {})
    client = ClientFactory.create(name=name, time_zone="America/New_York")
    account = DeliveryAccountFactory.create(client=client, lead_type=campaign.lead_type, price=Decimal(price), **more)
    account.uses.create(method=DeliveryMethodFactory.create(client=client, **method))
    return account


def answering(**by_name: list[SimulatedAnswer]) -> Simulation:
    told: dict[str, Iterator[int]] = {name: count() for name in by_name}

    def answer(delivery: Delivery) -> SimulatedAnswer:
        answers = by_name[delivery.client.name]
        return answers[min(next(told[delivery.client.name]), len(answers) - 1)]

    return Simulation(answer)


def person(number: int) -> dict[str, object]:
    return {"first_name": "Pat", "email": f"pat{number}@mail.example", "zip": "10001"}


def story(lead: Lead) -> list[tuple[str, str, datetime | None]]:
    deliveries = Delivery.objects.filter(lead=lead.pk).order_by("number").select_related("client")
    return [(delivery.client.name, delivery.state, delivery.finished_at) for delivery in deliveries]


def test_a_lead_goes_on_from_client_to_client_in_one_instant(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30)
    buyer(campaign, "Birch", 20)
    day = answering(Ash=[NO, YES], Birch=[YES])
    first, second = (day.receive(campaign=campaign, fields=person(n), now=MONDAY) for n in (1, 2))
    assert story(first) == [("Ash", "rejected", MONDAY), ("Birch", "accepted", MONDAY)]
    assert story(second) == [("Ash", "accepted", MONDAY)]


def test_a_held_lead_is_delivered_at_the_opening_and_goes_on_when_refused_there(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30, schedule={"mon": ["12:00-17:00"]}, off_hours="hold")
    buyer(campaign, "Birch", 20)
    day = answering(Ash=[NO], Birch=[YES])
    lead = day.receive(campaign=campaign, fields=person(1), now=MONDAY)
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    day.run_until(noon - timedelta(seconds=1))
    assert story(lead) == [("Ash", "queued", None)]
    day.run_until(noon + timedelta(hours=3))
    assert story(lead) == [("Ash", "rejected", noon), ("Birch", "accepted", noon)]


def test_an_answer_takes_its_time_and_others_come_before_it(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30)
    day = answering(Ash=[SimulatedAnswer(Outcome.ACCEPTED, seconds=8), YES])
    slow = day.receive(campaign=campaign, fields=person(1), now=MONDAY)
    quick = day.receive(campaign=campaign, fields=person(2), now=MONDAY + timedelta(seconds=5))
    assert (story(slow), story(quick)) == ([("Ash", "sending", None)], [("Ash", "accepted", MONDAY + timedelta(seconds=5))])
    day.settle(MONDAY + timedelta(seconds=6))
    assert story(slow) == [("Ash", "accepted", MONDAY + timedelta(seconds=8))]


def test_a_client_that_is_busy_is_asked_again_after_ten_and_thirty_seconds(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30)
    day = answering(Ash=[BUSY, BUSY, YES])
    lead = day.receive(campaign=campaign, fields=person(1), now=MONDAY)
    day.run_until(MONDAY + timedelta(minutes=5))
    assert story(lead) == [("Ash", "accepted", MONDAY + timedelta(seconds=40))]


def test_a_client_that_is_down_is_paused_passed_over_and_tried_again_after_the_pause(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30, method={"retries": 0})
    buyer(campaign, "Birch", 20)
    day = answering(Ash=[DOWN] * 5 + [YES], Birch=[YES])
    leads = [day.receive(campaign=campaign, fields=person(n), now=MONDAY + timedelta(seconds=n)) for n in range(6)]
    later = day.receive(campaign=campaign, fields=person(9), now=MONDAY + timedelta(seconds=4 + 30))
    assert [[name for name, _, _ in story(lead)] for lead in leads] == [["Ash", "Birch"]] * 5 + [["Birch"]]
    assert [name for name, _, _ in story(later)] == ["Ash"]


def test_a_bounce_takes_the_sale_back_only_while_mails_are_tracked(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30)
    buyer(campaign, "Birch", 20)
    bounced = SimulatedAnswer(Outcome.ACCEPTED, bounces=True)
    day = answering(Ash=[bounced], Birch=[YES])
    assert [row[:2] for row in story(day.receive(campaign=campaign, fields=person(1), now=MONDAY))] == [
        ("Ash", "rejected"),
        ("Birch", "accepted"),
    ]
    SettingsVersionFactory.create(settings=Settings(automation=Automation.PRICE, email_tracking=False))
    assert SettingsVersion.objects.count() == 2
    assert story(day.receive(campaign=campaign, fields=person(2), now=MONDAY)) == [("Ash", "accepted", MONDAY)]


def test_requests_are_kept_where_a_person_will_read_them(campaign: Campaign) -> None:
    buyer(campaign, "Ash", 30)
    day = Simulation(lambda _: SimulatedAnswer(Outcome.ACCEPTED, reference="A-1", status=200, text='{"ok": true}'), keeps_requests=True)
    lead = day.receive(campaign=campaign, fields=person(1), now=MONDAY)
    delivery = Delivery.objects.get(lead=lead.pk)
    attempt = delivery.attempts.get()
    assert (delivery.client_reference, attempt.answer, attempt.status) == ("A-1", '{"ok": true}', 200)
    assert '"email":"pat1@mail.example"' in attempt.request["body"].replace(" ", "")
