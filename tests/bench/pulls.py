"""The sales floor: many users pull at once from a long queue, and the queue is rebuilt, also while they pull.

Small by default; `make bench ARGS="pulls --full"` takes a million leads and twenty strategies, as the goal says.
"""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

from django.db import connection

from distribution.demo.factories import LeadFactory, PullRecipientFactory, PullStrategyFactory, RepFactory
from leads.clock import database_now
from leads.models import Lead
from pullqueue.models import Hold, Placement, PullStrategy, QueueEntry, Segment, User
from pullqueue.services.pull import pull_next
from pullqueue.services.rebuild import rebuild_now
from tests.bench.figures import Figure

USERS = 200
"""So many people press the button in the same instant."""
PROCESSES, THREADS = 2, 8
"""The web server's own, on two cores."""
REBUILD_GOAL = 1_000_000 * 20 / 60
"""Verdicts a second: a million leads over twenty strategies in a minute."""
PLACES = (("IL", "America/Chicago"), ("NY", "America/New_York"), ("CA", "America/Los_Angeles"), ("CO", "America/Denver"))

COPY = """
    INSERT INTO leads_lead SELECT (jsonb_populate_record(l, jsonb_build_object(
        'id', gen_random_uuid(), 'number', nextval('lead_number'), 'received_at', l.received_at - n * interval '1 second',
        'states', jsonb_build_array(split_part(p, ' ', 1)), 'zones', jsonb_build_array(split_part(p, ' ', 2)), 'cost', n %% 40))).*
    FROM leads_lead l, generate_series(1, %(leads)s) AS n,
        LATERAL (SELECT (%(places)s::text[])[1 + n %% 4]) AS place (p)
    WHERE l.id = %(one)s
"""
PLACE = """
    INSERT INTO pullqueue_placement (lead_id, place, segment_id, since, is_unworked, attempts_day, ending, revision)
    SELECT l.id, 'ready', s.id, l.received_at, false, '{}', '', 0 FROM leads_lead l JOIN pullqueue_segment s ON s.states = l.states
    WHERE s.branch_id IS NULL AND NOT EXISTS (SELECT 1 FROM pullqueue_placement p WHERE p.lead_id = l.id) AND l.outcome = 'queued'
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    leads, strategies = (1_000_000, 20) if "--full" in sys.argv else (2_000, 3) if quick else (20_000, 5)
    fill(leads)
    made = [
        PullStrategyFactory.create(criteria=["cost", "gte", number * 2], order=[["cost", "desc"], ["created", "asc"]], calling_hours=False)
        for number in reversed(range(strategies))
    ]
    users = [RepFactory.create() for _ in range(USERS)]
    for user in users:
        PullRecipientFactory.create(strategy=made[-1], user=user)
    begun = time.perf_counter()
    rebuild_now(now=database_now())
    rate = leads * strategies / (time.perf_counter() - begun)
    yield Figure(f"rebuild, {leads:,} leads x {strategies} strategies", rate, REBUILD_GOAL, "/s", at_least=1)
    seconds, total = pull_all(users)
    check(users)
    throughput = USERS / total
    expected = USERS / throughput
    slow = sorted(seconds)[int(len(seconds) * 0.99) - 1]
    yield Figure(f"{USERS} users pull at once, p99 of {leads:,}", slow, expected, "s", at_most=3)
    yield Figure("the same, against a second", slow, 1.0, "s", at_most=1)
    Hold.objects.all().delete()
    yield from while_rebuilding(users)


def fill(leads: int) -> None:
    """A queue of copies of one lead, each with a time, a place and a cost of its own."""
    for state, zone in PLACES:
        Segment.objects.get_or_create(states=[state], zones=[zone], branch=None)
    one = LeadFactory.create(due_at=None, outcome="queued", routes_left=[], received_at=database_now())
    with connection.cursor() as cursor:
        cursor.execute(COPY, {"leads": leads, "one": one.pk, "places": [" ".join(place) for place in PLACES]})
        Lead.objects.filter(pk=one.pk).update(outcome="finished")
        cursor.execute(PLACE)
        cursor.execute("ANALYZE")


def pull_all(users: list[User]) -> tuple[list[float], float]:
    """Everybody presses the button in the same instant: the seconds until each has an answer, and until all have."""
    forks = get_context("fork")
    connection.close()
    ready, told = forks.Barrier(PROCESSES + 1), forks.Queue()
    parts = [forks.Process(target=serve, args=(users[number::PROCESSES], ready, told)) for number in range(PROCESSES)]
    for part in parts:
        part.start()
    ready.wait()
    begun = time.perf_counter()  # the clock is the machine's, one for all processes
    ends = [end - begun for _ in parts for end in told.get(timeout=600)]
    for part in parts:
        part.join()
    return ends, max(ends)


def serve(users: list[User], ready: Any, told: Any) -> None:
    """One web process: so many threads, each with a connection of its own; tell when each user had an answer."""

    def one(user: User) -> float:
        pull_next(user=user, now=database_now())
        return time.perf_counter()

    with ThreadPoolExecutor(THREADS, initializer=connection.ensure_connection) as pool:
        list(pool.map(lambda _n: time.sleep(0.05), range(THREADS)))
        ready.wait()
        told.put(list(pool.map(one, users)))


def check(users: list[User]) -> None:
    """Nobody without a lead, none twice, and those given are the best there were."""
    held = list(Hold.objects.filter(ended_at=None).values_list("lead__cost", flat=True))
    if len(held) != len(users) or Placement.objects.filter(place="held").count() != len(users):
        raise RuntimeError(f"{len(held)} holds for {len(users)} users.")
    last = PullStrategy.objects.order_by("-pk")[0]
    best = QueueEntry.objects.filter(strategy=last, is_ready=True).order_by("key1").values_list("key1", flat=True).first()
    if best is not None and best < -float(min(held)):
        raise RuntimeError("A better lead than one that was given stands free.")


def while_rebuilding(users: list[User]) -> Iterator[Figure]:
    """The same users pull while the queue is rebuilt: the longest that one of them waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pullqueue_placement SET place = 'finished', ending = 'won', holder_id = NULL, due_at = NULL WHERE place = 'held'"
        )
    problem: list[BaseException] = []

    def rebuild() -> None:
        try:
            rebuild_now(now=database_now())
        except BaseException as error:  # noqa: BLE001 -- told below
            problem.append(error)
        finally:
            connection.close()

    work = threading.Thread(target=rebuild)
    work.start()
    longest: list[float] = []
    for user in users:
        begun = time.perf_counter()
        pull_next(user=user, now=database_now())
        longest.append(time.perf_counter() - begun)
    work.join()
    if problem:
        raise problem[0]
    yield Figure("a pull while the queue is rebuilt, longest", max(longest), 1.0, "s", at_most=1)
