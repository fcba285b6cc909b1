from typing import Any

import pytest

from distribution.demo.factories import AdministratorFactory, ManagerFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Settings, Values
from tests.distribution.pages.world import Market


@pytest.fixture
def market(db: None) -> Market:
    """Sells by price, as the settings in force say; its campaign's leads may be bought once."""
    return Market.open()


@pytest.fixture
def admin(db: None) -> Any:
    return AdministratorFactory.create(first_name="Rosalind", last_name="Tennyford", time_zone="America/New_York")


@pytest.fixture
def manager(db: None) -> Any:
    return ManagerFactory.create()


def first(*accounts: Any) -> Settings:
    """A draft that sells by priority, in this order of clients."""
    return Settings(
        automation=Automation.PRIORITY, values={account.client_id: Values(priority=place) for place, account in enumerate(accounts)}
    )
