"""One sample world for all tests of a module, made in a transaction that is rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from distribution.demo.staff import Passwords
from distribution.demo.world import World, build_world
from distribution.services.market import forget_market

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
PASSWORDS = Passwords(admin="amber-tulip-harbor", manager="copper-meadow-lantern", rep="violet-canyon-maple")
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
BUYER = "http://127.0.0.1:8790"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(PASSWORD_HASHERS=QUICK):
        yield build_world(Random(1), passwords=PASSWORDS, buyer_url=BUYER, now=NOW)
        transaction.set_rollback(True)
    forget_market()


@pytest.fixture
def own_folder(settings: Any, tmp_path: Any) -> Any:
    """Keys of the samples land in the test's own folder, and passwords are hashed quickly."""
    settings.PASSWORD_HASHERS = QUICK
    settings.DEMO_KEYS_FILE = tmp_path / "demo-keys.json"
    yield tmp_path
    forget_market()
