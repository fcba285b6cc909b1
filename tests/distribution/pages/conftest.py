from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser

from distribution.demo.factories import AdministratorFactory, BranchManagerFactory, ManagerFactory, RepFactory
from distribution.services.market import forget_market
from leads.viewer import look_as
from tests.distribution.pages.world import Market, look


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    forget_market()
    yield
    look_as(None)
    forget_market()


@pytest.fixture
def market(db: None) -> Market:
    return Market.open()


@pytest.fixture
def admin(db: None) -> Any:
    user = AdministratorFactory.create(first_name="Rosalind", last_name="Tennyford", time_zone="America/New_York")
    look(user)
    return user


@pytest.fixture
def manager(db: None) -> Any:
    return ManagerFactory.create(first_name="Ibrahim", last_name="Castellane")


@pytest.fixture
def branch_manager(db: None) -> Any:
    return BranchManagerFactory.create()


@pytest.fixture
def rep(db: None) -> Any:
    return RepFactory.create()


def browser_of(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def browse() -> Any:
    return browser_of
