"""The sales floor of the samples: who is pushed which leads, and what everybody pulls."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps

from distribution.demo.factories import (
    GroupFactory,
    PullRecipientFactory,
    PullStrategyFactory,
    PullSwitchFactory,
    PushRecipientFactory,
    PushStrategyFactory,
)
from pullqueue.enums import PullSource, PushMethod, Role, ShareReset, Switch
from pullqueue.models import Branch, Group, PullStrategy, User
from pullqueue.shipped import load_shipped

SOLAR_TEAM, CLOSERS = "Solar team", "Closers"
COMPANY_BRANCH, WEST = "Headquarters", "West"


def make_floor(people: Sequence[User]) -> None:
    """Groups, push and pull strategies with recipients of every kind, on top of what is shipped. The branches stand already."""
    load_shipped(lambda name: apps.get_model("pullqueue", name))
    reps = [person for person in people if person.role == Role.REP]
    groups = {name: GroupFactory.create(name=name) for name in (SOLAR_TEAM, CLOSERS)}
    groups[SOLAR_TEAM].members.set(reps[1:6])
    groups[CLOSERS].members.set(reps[6:9])
    branches = {branch.name: branch for branch in Branch.objects.all()}
    _pushes(groups, branches, reps)
    _pulls(groups, branches, reps)


def _pushes(groups: Mapping[str, Group], branches: Mapping[str, Branch], reps: Sequence[User]) -> None:
    solar = PushStrategyFactory.create(
        name="High power bills to the solar team",
        position=1,
        criteria=["monthly_bill", "gte", 280],
        limit_day=4,
        limit_open=12,
        unworked_minutes=120,
    )
    PushRecipientFactory.create(strategy=solar, user=None, group=groups[SOLAR_TEAM])
    roofs = PushStrategyFactory.create(
        name="Roofs and windows to the West",
        position=2,
        criteria=["project", "in", ["Roof", "Windows"]],
    )
    PushRecipientFactory.create(strategy=roofs, user=None, branch=branches[WEST])
    kitchens = PushStrategyFactory.create(
        name="Big kitchens, by share",
        position=3,
        criteria={"all": [["project", "eq", "Kitchen"], ["budget", "gte", 15000]]},
        method=PushMethod.WEIGHTED,
        share_reset=ShareReset.MONTH,
        notify_email=True,
    )
    for rep, percent in zip(reps[9:11], (70, 30), strict=True):
        PushRecipientFactory.create(strategy=kitchens, user=rep, percent=percent)


def _pulls(groups: Mapping[str, Group], branches: Mapping[str, Branch], reps: Sequence[User]) -> None:
    plans: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        ({"name": "Fresh, under an hour", "criteria": ["age", "lt", 60], "hold_minutes": 30}, {"branch": branches[COMPANY_BRANCH]}),
        ({"name": "The West’s own", "source": PullSource.OWN_BRANCH}, {"branch": branches[WEST]}),
        ({"name": "Pushed and not worked", "source": PullSource.UNWORKED}, {"group": groups[CLOSERS]}),
        ({"name": "Everything else, newest first", "max_attempts": 4, "cool_down_minutes": 120}, {"branch": branches[COMPANY_BRANCH]}),
    )
    for position, (plan, recipient) in enumerate(plans, start=1):
        strategy = PullStrategyFactory.create(position=position, **plan)
        PullRecipientFactory.create(strategy=strategy, **({"user": None} | recipient))
    last = PullStrategy.objects.order_by("-position")[0]
    PullSwitchFactory.create(strategy=last, user=reps[3], rule=Switch.OFF)
    PullSwitchFactory.create(strategy=last, user=reps[4], rule=Switch.CHOICE)
