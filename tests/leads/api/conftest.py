"""Every test begins with full buckets."""

from collections.abc import Iterator

import pytest
from django.test import Client

from leads.api import rate
from tests.leads.intake_world import Sender, make_sender


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    rate._Made.limiter = None
    client = rate.limiter().client
    for name in client.scan_iter("switchyard:rate:*"):
        client.delete(name)
    yield
    client.close()
    rate._Made.limiter = None


@pytest.fixture
def sender(db: None) -> Sender:
    return make_sender()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)
