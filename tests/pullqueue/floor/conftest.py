"""A floor with two branches, each with a manager and a rep, and leads in every hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser

from distribution.demo.factories import (
    AdministratorFactory,
    BranchFactory,
    BranchManagerFactory,
    CampaignFactory,
    LeadFactory,
    PullRecipientFactory,
    PullStrategyFactory,
    RepFactory,
)
from leads.clock import database_now
from leads.models import Lead
from pullqueue.locks import lock_lead
from pullqueue.models import Placement, PullStrategy, User
from pullqueue.services.enqueue import enqueue_lead

type Queue = Callable[..., Lead]
type SignIn = Callable[[Any], Browser]


@pytest.fixture
def strategy(db: None) -> PullStrategy:
    made: PullStrategy = PullStrategyFactory.create(name="Fresh", calling_hours=False, other_user_next=False, order=[["created", "asc"]])
    return made


@pytest.fixture
def east(db: None) -> Any:
    return BranchFactory.create(name="East")


@pytest.fixture
def west(db: None) -> Any:
    return BranchFactory.create(name="West")


@pytest.fixture
def ann(strategy: PullStrategy, east: Any) -> User:
    user: User = RepFactory.create(first_name="Ann", last_name="Ames", branch=east)
    PullRecipientFactory.create(strategy=strategy, user=user)
    return user


@pytest.fixture
def bob(strategy: PullStrategy, west: Any) -> User:
    user: User = RepFactory.create(first_name="Bob", last_name="Bell", branch=west)
    PullRecipientFactory.create(strategy=strategy, user=user)
    return user


@pytest.fixture
def ada(db: None) -> User:
    user: User = AdministratorFactory.create(first_name="Ada", last_name="Admin")
    return user


@pytest.fixture
def eve(east: Any) -> User:
    user: User = BranchManagerFactory.create(branch=east, first_name="Eve", last_name="East")
    return user


@pytest.fixture
def queued(strategy: PullStrategy) -> Queue:
    """Put a lead into the queue; `branch` makes it that branch's."""

    def made(branch: Any = None, **values: Any) -> Lead:
        lead = LeadFactory.create(campaign=CampaignFactory.create(routes=["push", "pull"]), received_at=database_now(), **values)
        Lead.objects.filter(pk=lead.pk).update(due_at=None, outcome="queued")
        with transaction.atomic():
            locked = lock_lead(lead.pk)
            if branch is not None:
                Placement.objects.create(lead=locked, branch=branch, place="unrouted", since=database_now())
            enqueue_lead(lead=locked, now=database_now())
        return lead

    return made


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(person: Any) -> Browser:
        browser = Browser()
        browser.force_login(person)
        return browser

    return sign_in
