"""A sender and a program that posts for it."""

import pytest
from django.test import Client

from tests.leads.buckets import full_buckets
from tests.leads.intake_world import Sender, make_sender

__all__ = ["full_buckets"]


@pytest.fixture
def sender(db: None) -> Sender:
    return make_sender()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)
