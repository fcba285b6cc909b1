"""Many senders at the very same instant, over real HTTP, with the control that shows the race when the lock is off."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable
from threading import Barrier, Lock, Thread
from typing import Any

import pytest
from django.db import connection

from leads import locks
from leads.models import CapWindow, IntakeKey, Lead
from leads.services import receive
from tests.leads.intake_world import ANA, NOW, Sender, make_campaign, make_sender

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MANY = 50


def at_once(count: int, act: Callable[[Any], Any], ready: Callable[[], Any] = lambda: None) -> list[Any]:
    """Let so many threads go at the same moment, each with what it made ready before, and return what each got."""
    gate, got, one_by_one = Barrier(count), [], Lock()

    def run() -> None:
        with one_by_one:
            made = ready()
        gate.wait()
        try:
            got.append(act(made))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def post_at_once(live_server: Any, count: int, sender: Sender, fields: Callable[[int], Any], **headers: str) -> list[tuple[int, bytes]]:
    """Open all connections first, so that the posts themselves come together."""
    numbers = iter(range(count))

    def connected() -> tuple[http.client.HTTPConnection, str]:
        wire = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=60)
        wire.connect()
        time.sleep(0.01)  # the little server of the tests accepts ten at a time
        return wire, json.dumps({"fields": fields(next(numbers))})

    def post(made: tuple[http.client.HTTPConnection, str]) -> tuple[int, bytes]:
        wire, body = made
        wire.request("POST", "/api/v1/leads/", body, {"Content-Type": "application/json", **sender.headers(**headers)})
        answer = wire.getresponse()
        told = answer.status, answer.read()
        wire.close()
        return told

    return at_once(count, post, connected)


def test_i04_fifty_identical_leads_at_once_make_one_accepted(live_server: Any) -> None:
    got = post_at_once(live_server, MANY, make_sender(), lambda _: ANA)
    assert Counter(http for http, _ in got) == {201: 1, 200: MANY - 1}
    accepted = Lead.objects.get(status="accepted")
    assert set(Lead.objects.filter(status="duplicate").values_list("duplicate_of", flat=True)) == {accepted.pk}
    assert Lead.objects.count() == MANY


def test_i02_fifty_posts_with_one_idempotency_key_make_one_lead(live_server: Any) -> None:
    got = post_at_once(live_server, MANY, make_sender(), lambda _: ANA, **{"Idempotency-Key": "one"})
    lead = Lead.objects.get()
    told = {json.loads(body)["id"] for http, body in got if http == 201}
    assert told == {str(lead.pk)}
    assert {http for http, _ in got} <= {201, 409}
    assert {json.loads(body)["errors"][0]["code"] for http, body in got if http == 409} <= {"in_progress"}
    assert (IntakeKey.objects.get().answer_status, lead.status) == (201, "accepted")


def test_i10_a_campaigns_cap_is_exact_under_fire(live_server: Any) -> None:
    sender = make_sender(cap_day=7)
    got = post_at_once(live_server, 30, sender, lambda number: {"phone": f"31277701{number:02d}"})
    assert Counter(http for http, _ in got) == {201: 7, 422: 23}
    assert (CapWindow.objects.get().used, Lead.objects.filter(status="accepted").count()) == (7, 7)


def receive_together(count: int) -> Counter[str]:
    campaign = make_campaign()
    got = at_once(count, lambda _: receive.receive_lead(campaign=campaign, fields=ANA, channel="api", now=NOW).status)
    return Counter(map(str, got))


def after_all_have_looked(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Hold every writer back until all have looked for duplicates; where a lock keeps them apart, give up after a second."""
    gate, look = Barrier(count), receive.look_behind_locks

    def look_and_wait(*words: Any, **more: Any) -> Any:
        found = look(*words, **more)
        try:
            gate.wait(timeout=1)
        except Exception:  # noqa: BLE001 -- broken by the time-out: the lock did its work
            gate.abort()
        return found

    monkeypatch.setattr(receive, "look_behind_locks", look_and_wait)


def test_i04_the_lock_keeps_even_those_apart_who_would_look_together(monkeypatch: pytest.MonkeyPatch) -> None:
    after_all_have_looked(monkeypatch, 4)
    assert receive_together(4) == {"accepted": 1, "duplicate": 3}


def test_i04_control_without_the_lock_all_of_them_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    after_all_have_looked(monkeypatch, 4)
    monkeypatch.setattr(locks, "buckets_of", lambda _: [])
    assert receive_together(4) == {"accepted": 4}


def test_batches_of_the_same_people_in_any_order_do_not_lock_each_other_out() -> None:
    campaign = make_campaign()
    people = [{"phone": f"3127770{number:03d}", "email": f"p{number}@mail.example"} for number in range(200)]

    orders = iter([people, list(reversed(people))] * 3)

    def send(ordered: list[dict[str, str]]) -> list[str]:
        arrivals = [receive.Arrival(one) for one in ordered]
        receipts = receive.receive_leads(campaign=campaign, arrivals=arrivals, origin=receive.Origin("file"), now=NOW)
        return [receipt.status for receipt in receipts]

    got = at_once(6, send, lambda: next(orders))
    assert Counter(status for statuses in got for status in statuses) == {"accepted": 200, "duplicate": 1_000}
