"""Tests of the API begin with full buckets, whoever posted before."""

from collections.abc import Iterator

import pytest

from leads.api import rate


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    rate._Made.limiter = None
    client = rate.limiter().client
    for name in client.scan_iter("switchyard:rate:*"):
        client.delete(name)
    yield
    client.close()
    rate._Made.limiter = None
