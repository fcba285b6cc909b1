from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from distribution.demo.factories import CampaignFactory, LeadFactory, PullRecipientFactory, PullStrategyFactory, RepFactory
from leads.clock import database_now
from leads.models import Lead
from pullqueue.locks import lock_lead
from pullqueue.models import PullStrategy, User
from pullqueue.services.enqueue import enqueue_lead


@pytest.fixture
def strategy() -> PullStrategy:
    made: PullStrategy = PullStrategyFactory.create(calling_hours=False, other_user_next=False, order=[["created", "asc"]])
    return made


@pytest.fixture
def ann(strategy: PullStrategy) -> User:
    user: User = RepFactory.create(first_name="Ann", last_name="Ames")
    PullRecipientFactory.create(strategy=strategy, user=user)
    return user


@pytest.fixture
def bob(strategy: PullStrategy) -> User:
    user: User = RepFactory.create(first_name="Bob", last_name="Bell")
    PullRecipientFactory.create(strategy=strategy, user=user)
    return user


@pytest.fixture
def queued(strategy: PullStrategy) -> Callable[..., Lead]:
    """Put a lead into the queue that they pull from."""

    def made(**values: Any) -> Lead:
        lead = LeadFactory.create(campaign=CampaignFactory.create(routes=["push", "pull"]), received_at=database_now(), **values)
        Lead.objects.filter(pk=lead.pk).update(due_at=None, outcome="queued")
        with transaction.atomic():
            assert enqueue_lead(lead=lock_lead(lead.pk), now=database_now()).taken
        return lead

    return made
