"""The trickle's leads pass the real API: keys that the seed made are taken, most leads are accepted, none is refused for its form."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clients.models import ConfigRevision
from distribution.demo.keys import read_keys
from distribution.demo.past import Stage
from distribution.demo.seed import seed
from distribution.demo.trickle import Trickle
from leads.clock import database_now
from leads.models import Lead
from tests.distribution.demo.conftest import BUYER, PASSWORDS


@pytest.mark.django_db(transaction=True)
def test_leads_arrive_through_the_public_api_with_the_seed_s_own_keys(own_folder: Path, settings: Any, live_server: Any) -> None:
    settings.PUBLISHES_WAKE_UPS = False
    ConfigRevision.objects.get_or_create(pk=1)
    seed(stage=Stage.EMPTY, number=1, passwords=PASSWORDS, buyer_url=BUYER, now=database_now())
    lines: list[str] = []
    keys = read_keys(settings.DEMO_KEYS_FILE)
    Trickle(url=live_server.url, keys=keys, per_minute=20, most=30, seed=7, say=lines.append, sleep=lambda _: None).run()
    statuses = Counter(Lead.objects.values_list("status", flat=True))
    assert sum(statuses.values()) == 30
    assert statuses["accepted"] >= 22
    assert Lead.objects.filter(status="accepted", due_at=None).count() == 0
    assert lines[-1].startswith("Enough leads are there")
