"""People who sign in, and quiet about refusals that are meant."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from distribution.demo import factories as make


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def administrator(db: None) -> Any:
    return make.AdministratorFactory.create(username="ada", first_name="Ada", last_name="Admin")


@pytest.fixture
def signed_in() -> Callable[[Any], Client]:
    def sign_in(person: Any) -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    return sign_in


@pytest.fixture
def site(administrator: Any, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(administrator)
