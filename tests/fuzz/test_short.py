"""The whole API, as its OpenAPI tells it, against the server that production runs: no 500, and no answer that is not in it."""

import os
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.bench.web import serving
from tests.fuzz.runner import fuzz
from tests.fuzz.world import make_keys

SHORT = ("--phases", "coverage,fuzzing", "--max-examples", "4", "--seed", "1", "--max-time", "25")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whatever_is_sent_is_answered_as_the_openapi_says() -> None:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    with serving(DATABASE_URL=urlunsplit(address), SECRET_KEY=settings.SECRET_KEY) as server:
        done = fuzz(server, make_keys(), *SHORT)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "No issues found" in done.stdout
