"""Factories of the sales floor: who gets which lead, where it is, and why."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from distribution.demo.factories.intake import LeadFactory
from distribution.demo.factories.people import RepFactory
from pullqueue.enums import NoticeKind, Place, Switch, Then
from pullqueue.models import (
    CallAttempt,
    Disposition,
    FloorSettings,
    Group,
    Hold,
    NoCallDate,
    Notice,
    NoticeChoice,
    Placement,
    PullLog,
    PullRecipient,
    PullStrategy,
    PullSwitch,
    PushLog,
    PushRecipient,
    PushShare,
    PushStrategy,
    QueueEntry,
    Result,
    Segment,
    StateHours,
)

STATES = [f"{first}{second}" for first in "QXY" for second in "ABCDEFGHIJ"]
"""Codes that no state has."""


class GroupFactory(DjangoModelFactory[Group]):
    name = factory.Sequence(lambda n: f"Team {n}")

    class Meta:
        model = Group


class PushStrategyFactory(DjangoModelFactory[PushStrategy]):
    name = factory.Sequence(lambda n: f"Push {n}")
    position = factory.Sequence(lambda n: n)

    class Meta:
        model = PushStrategy


class PushRecipientFactory(DjangoModelFactory[PushRecipient]):
    strategy = factory.SubFactory(PushStrategyFactory)
    user = factory.SubFactory(RepFactory)

    class Meta:
        model = PushRecipient


class PushShareFactory(DjangoModelFactory[PushShare]):
    strategy = factory.SubFactory(PushStrategyFactory)

    class Meta:
        model = PushShare


class PullStrategyFactory(DjangoModelFactory[PullStrategy]):
    name = factory.Sequence(lambda n: f"Pull {n}")
    position = factory.Sequence(lambda n: n)

    class Meta:
        model = PullStrategy


class PullRecipientFactory(DjangoModelFactory[PullRecipient]):
    strategy = factory.SubFactory(PullStrategyFactory)
    user = factory.SubFactory(RepFactory)

    class Meta:
        model = PullRecipient


class PullSwitchFactory(DjangoModelFactory[PullSwitch]):
    strategy = factory.SubFactory(PullStrategyFactory)
    user = factory.SubFactory(RepFactory)
    rule = Switch.CHOICE

    class Meta:
        model = PullSwitch


class DispositionFactory(DjangoModelFactory[Disposition]):
    name = factory.Sequence(lambda n: f"Outcome {n}")
    then = Then.RECYCLE

    class Meta:
        model = Disposition


class FloorSettingsFactory(DjangoModelFactory[FloorSettings]):
    class Meta:
        model = FloorSettings


class StateHoursFactory(DjangoModelFactory[StateHours]):
    code = factory.Sequence(lambda n: STATES[n % len(STATES)])
    name = factory.LazyAttribute(lambda row: f"State {row.code}")

    class Meta:
        model = StateHours


class NoCallDateFactory(DjangoModelFactory[NoCallDate]):
    code = "IL"
    date = factory.Sequence(lambda n: date(2031, 1, 1) + timedelta(days=n))
    holiday = "Closed"

    class Meta:
        model = NoCallDate


class SegmentFactory(DjangoModelFactory[Segment]):
    states = factory.LazyFunction(lambda: ["IL"])
    zones = factory.Sequence(lambda n: [f"America/Nowhere_{n}"])

    class Meta:
        model = Segment


class PlacementFactory(DjangoModelFactory[Placement]):
    lead: Any = factory.SubFactory(LeadFactory)
    place = Place.READY
    since = factory.LazyFunction(timezone.now)
    segment = factory.SubFactory(SegmentFactory)

    class Meta:
        model = Placement


class QueueEntryFactory(DjangoModelFactory[QueueEntry]):
    generation = 1
    strategy = factory.SubFactory(PullStrategyFactory)
    lead: Any = factory.SubFactory(LeadFactory)
    number = factory.SelfAttribute("lead.number")
    segment = factory.SubFactory(SegmentFactory)

    class Meta:
        model = QueueEntry


class HoldFactory(DjangoModelFactory[Hold]):
    lead: Any = factory.SubFactory(LeadFactory)
    user = factory.SubFactory(RepFactory)
    strategy = factory.SubFactory(PullStrategyFactory)
    at = factory.LazyFunction(timezone.now)
    until = factory.LazyAttribute(lambda hold: hold.at + timedelta(minutes=20))

    class Meta:
        model = Hold


class CallAttemptFactory(DjangoModelFactory[CallAttempt]):
    lead: Any = factory.SubFactory(LeadFactory)
    user = factory.SubFactory(RepFactory)
    at = factory.LazyFunction(timezone.now)

    class Meta:
        model = CallAttempt


class ResultFactory(DjangoModelFactory[Result]):
    lead: Any = factory.SubFactory(LeadFactory)
    user = factory.SubFactory(RepFactory)
    disposition = factory.SubFactory(DispositionFactory)
    at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyAttribute(lambda result: result.at + timedelta(seconds=10))
    then = Then.RECYCLE

    class Meta:
        model = Result


class PullLogFactory(DjangoModelFactory[PullLog]):
    user = factory.SubFactory(RepFactory)
    at = factory.LazyFunction(timezone.now)
    reason = "nothing_queued"

    class Meta:
        model = PullLog


class PushLogFactory(DjangoModelFactory[PushLog]):
    lead: Any = factory.SubFactory(LeadFactory)
    at = factory.LazyFunction(timezone.now)

    class Meta:
        model = PushLog


class NoticeFactory(DjangoModelFactory[Notice]):
    user = factory.SubFactory(RepFactory)
    kind = NoticeKind.PUSHED
    at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Notice


class NoticeChoiceFactory(DjangoModelFactory[NoticeChoice]):
    user = factory.SubFactory(RepFactory)
    kind = NoticeKind.PUSHED

    class Meta:
        model = NoticeChoice
