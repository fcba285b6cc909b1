"""What happens when the database, Valkey or we ourselves fail: never a 5xx but an honest 503, and nothing half done."""

import logging
import socket
import time
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from leads.api import leads as views
from leads.api import rate
from leads.locks import BUCKETS, FINGERPRINTS
from leads.models import Event, IntakeKey, Lead
from tests.leads.intake_world import make_sender


def is_refused_for_now(answer: Any) -> bool:
    told = answer.json()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert (told["status"], told["errors"][0]["code"], told["errors"][0]["field"]) == ("error", "unavailable", None)
    return True


def other_session() -> psycopg.Connection[Any]:
    given = connection.get_connection_params()
    wanted = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}
    return psycopg.connect(**wanted)


@pytest.mark.django_db(transaction=True)
def test_i06_a_read_only_database_is_a_503_and_nothing_is_kept(client: Client) -> None:
    sender = make_sender()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert is_refused_for_now(sender.lead(client))
        assert is_refused_for_now(sender.lead(client, **{"Idempotency-Key": "a"}))
    finally:
        connection.close()
    assert (Lead.objects.count(), IntakeKey.objects.count()) == (0, 0)
    assert sender.lead(client, **{"Idempotency-Key": "a"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_i06_a_lock_that_is_not_given_in_time_is_a_503(client: Client) -> None:
    sender = make_sender()
    with other_session() as other, connection.cursor() as cursor:
        other.execute("SELECT pg_advisory_xact_lock(%s, bucket) FROM generate_series(0, %s) bucket", [FINGERPRINTS, BUCKETS - 1])
        cursor.execute("SET lock_timeout = '100ms'")
        assert is_refused_for_now(sender.lead(client))
        other.rollback()
    assert Lead.objects.count() == 0
    assert sender.lead(client).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_i06_no_database_at_all_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = make_sender()
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        assert is_refused_for_now(sender.lead(client))
    assert sender.lead(client).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_i02_who_waits_too_long_for_the_first_is_told_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from leads.services import replays

    monkeypatch.setattr(replays, "PATIENCE", "100ms")
    sender = make_sender()
    with other_session() as other:
        other.execute(
            "INSERT INTO leads_intakekey (campaign_id, key, body_sha256, answer_status, answer_body, created)"
            " VALUES (%s, 'a', '', 0, '[]', now())",
            [sender.campaign.pk],
        )
        answer = sender.lead(client, **{"Idempotency-Key": "a"})
        assert (answer.status_code, answer.json()["errors"][0]["code"], answer["Retry-After"]) == (409, "in_progress", "1")
        other.rollback()
    assert sender.lead(client, **{"Idempotency-Key": "a"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_i01_what_dies_before_the_commit_leaves_nothing_behind(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = make_sender()
    before = Event.objects.count()

    def die(*_: Any, **__: Any) -> None:
        raise ConnectionError("pulled the plug")

    with monkeypatch.context() as patch:
        patch.setattr("leads.services.receive.write", die)
        assert is_refused_for_now(sender.lead(client, **{"Idempotency-Key": "a"}))
    assert (Lead.objects.count(), IntakeKey.objects.count(), Event.objects.count()) == (0, 0, before)
    assert sender.lead(client, **{"Idempotency-Key": "a"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_i01_a_2xx_is_committed_even_if_the_wake_up_fails(client: Client) -> None:
    from leads.signals import lead_ready

    def fail(**_: Any) -> None:
        raise ConnectionError("no broker")

    lead_ready.connect(fail, weak=False, dispatch_uid="test")
    try:
        answer = make_sender().lead(client)
    finally:
        lead_ready.disconnect(dispatch_uid="test")
    with other_session() as other:
        stored = other.execute("SELECT status, due_at IS NOT NULL FROM leads_lead WHERE id = %s", [answer.json()["id"]]).fetchall()
    assert (answer.status_code, stored) == (201, [("accepted", True)])


@pytest.mark.django_db
def test_i07_our_own_mistake_is_a_503_that_tells_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(**_: Any) -> None:
        raise ZeroDivisionError("Ana Example, 3125550100")

    monkeypatch.setattr(views, "receive_leads", stumble)
    with caplog.at_level(logging.WARNING):
        answer = make_sender().lead(client)
    assert is_refused_for_now(answer)
    assert [word for word in ("Ana", "3125550100", "ZeroDivision", "Traceback") if word in answer.content.decode()] == []
    assert ("ZeroDivisionError" in caplog.text, "3125550100" in caplog.text) == (True, False)


@pytest.mark.django_db
def test_i05_without_valkey_leads_are_taken_and_this_process_counts_itself(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    settings.INTAKE_RATE, settings.INTAKE_BURST = 0.1, 2
    sender = make_sender()
    rate._Made.limiter = None
    assert [sender.lead(client).status_code for _ in range(3)] == [201, 200, 429]


@pytest.mark.django_db
def test_i05_a_valkey_that_hangs_costs_one_request_a_tenth_of_a_second(client: Client, settings: Any) -> None:
    sender = make_sender()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        rate._Made.limiter = None
        took = []
        for _ in range(2):
            began = time.perf_counter()
            rate.limiter().wait_seconds("somebody", per_second=20, burst=100)
            took.append(time.perf_counter() - began)
        assert (0.05 < took[0] < 1, took[1] < 0.05) == (True, True)
        assert sender.lead(client).status_code == 201
        rate.limiter().client.close()
