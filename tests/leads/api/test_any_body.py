"""No input makes a 5xx: bodies that nobody thought of."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Lead
from tests.leads.intake_world import Sender, make_sender

NAMES = st.sampled_from(["phone", "email", "zip", "state", "date_of_birth", "latitude", "country", "roof", "bill", "pets", "when", "x"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.text("0123456789-/+. ()@", max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6
)
BODIES = st.fixed_dictionaries(
    {"fields": st.dictionaries(NAMES | st.text(max_size=8), VALUES, max_size=8)}, optional={"test": VALUES, "y": VALUES}
)
FIELDS = (
    {"name": "roof", "kind": "integer"},
    {"name": "bill", "kind": "decimal"},
    {"name": "pets", "kind": "multiple", "choices": ["Cat", "Dog"]},
    {"name": "when", "kind": "datetime"},
)
TWO_HUNDRED = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True
)


@pytest.fixture
def roofer(db: None, settings: Any) -> Sender:
    settings.INTAKE_BURST = 100_000
    return make_sender(fields=FIELDS)


def post(client: Client, sender: Sender, body: bytes, kind: str = "application/json") -> int:
    """Return the status of the answer, which must have its form and be stored if it says so."""
    before = Lead.objects.count()
    answer = client.generic("POST", "/api/v1/leads/", body, CONTENT_TYPE=kind, CONTENT_LENGTH=str(len(body)), headers=sender.headers())
    told = answer.json()
    assert told["status"] in {201: {"accepted"}, 200: {"duplicate", "suppressed"}, 422: {"rejected"}}.get(answer.status_code, {"error"})
    assert Lead.objects.count() - before == (1 if "id" in told else 0)
    return answer.status_code


@TWO_HUNDRED
@given(body=BODIES)
def test_i07_any_object_is_a_lead_or_is_told_why_not(client: Client, roofer: Sender, body: dict[str, Any]) -> None:
    assert post(client, roofer, json.dumps(body).encode()) in {200, 201, 400, 422}


@TWO_HUNDRED
@given(body=st.binary(max_size=60) | st.text(alphabet='{}[]":,\\u0fields123eE+-. \n', max_size=60).map(str.encode))
def test_i07_any_bytes_are_answered(client: Client, roofer: Sender, body: bytes) -> None:
    assert post(client, roofer, body) in {200, 201, 400, 422}
    assert post(client, roofer, body, "application/x-www-form-urlencoded") in {200, 201, 400, 422}


def test_the_connection_still_works_after_all_that(client: Client, roofer: Sender) -> None:
    assert post(client, roofer, b'{"fields": {"x": "\\u0000\\ud800"}}') == 422
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
