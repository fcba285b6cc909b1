from collections.abc import Iterator
from typing import Any

import pytest

from distribution import crash
from tests.distribution.deliver.world import World
from tests.peers.mailserver import MailServer
from tests.peers.receiver import Receiver


@pytest.fixture
def world(transactional_db: Any, settings: Any) -> Iterator[World]:
    settings.PUBLISHES_WAKE_UPS = False
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    yield World()
    crash.arm("")


@pytest.fixture
def client(settings: Any) -> Iterator[Receiver]:
    with Receiver() as receiver:
        settings.OUTBOUND_PORTS = [*settings.OUTBOUND_PORTS, receiver.port, 1]
        yield receiver


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.MAILERS = {
            "default": {
                "BACKEND": "distribution.transports.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": running.port, "timeout": 5},
            }
        }
        settings.DEFAULT_FROM_EMAIL = "Leads <leads@switchyard.example>"
        yield running
