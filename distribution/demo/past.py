"""The days before the present, lived through by the real code with a clock of its own."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from distribution.demo.geography import PAST_LINES
from distribution.demo.past_buyers import PastBuyers
from distribution.demo.past_copies import arrive_past_copies
from distribution.demo.past_floor import Round, rounds, stand_at_present, work
from distribution.demo.past_readers import read_past_mails
from distribution.demo.policy import Change
from distribution.demo.prospects import Prospect, prospects
from distribution.demo.world import COMPANY_ZONE, World
from distribution.services.simulate import Simulation
from distribution.services.versions import save_version
from leads.enums import SuppressionKind
from leads.services.suppress import suppress

HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 18, 18, 19, 19, 18, 17, 16, 15, 14, 11, 7, 4)
WEEKEND = 0.55
"""Leads by the hour of the company's day, and how many come on a day of the weekend for one on a weekday."""
SUPPRESSED = (0.35, 0.7)
"""Which of the leads, as parts of all, come from people who had asked not to be called."""
TOLD_EVERY = 300
REQUESTS_FROM = timedelta(days=2)
"""Deliveries of the last days keep what was sent, as real ones do; writing it down for all would take too long."""


class Stage(StrEnum):
    """How much past the samples have."""

    EMPTY = "empty"
    DAY = "day"
    MONTH = "month"


PASTS: Mapping[Stage, tuple[int, float]] = {Stage.EMPTY: (0, 0), Stage.DAY: (100, 1), Stage.MONTH: (1200, 30)}
"""How many leads came in how many days."""


def live_through(world: World, rng: Random, *, stage: Stage, number: int, now: datetime, say: Callable[[str], None]) -> None:
    """Let the leads of the past come in, be decided and delivered, and the settings change when they changed."""
    count, days = PASTS[stage]
    people = list(islice(prospects(rng, PAST_LINES), count))
    times = arrivals(rng, count=count, since=now - timedelta(days=days), until=now)
    for part in SUPPRESSED if people else ():
        phone = str(people[int(part * count)].fields["phone"])
        suppress(kind=SuppressionKind.PHONE, value=phone, by=world.administrator, now=times[0], reason="Asked by phone")
    buyers = PastBuyers(number, now)
    simulation = Simulation(buyers, bids=buyers.bid)
    chance = Random(number)  # noqa: S311 -- repeatable on purpose; the floor's own, so that it moves no lead
    worked = list(rounds(chance, world.people, since=now - timedelta(days=days), until=now))
    with unhurried():
        happenings = in_order(people, times, world.changes[1:], now, [working(one, chance) for one in worked])
        for done, happening in enumerate(happenings):
            happening(world, simulation)
            if done and done % TOLD_EVERY == 0:
                say(f"  {done:,} of {len(happenings):,} leads and calls")
        simulation.settle(now)
        stand_at_present(world.people, now=now)
        read_past_mails(number=number, now=now)
        arrive_past_copies()


type Happening = Callable[[World, Simulation], None]


def in_order(
    people: list[Prospect], times: list[datetime], changes: list[Change], now: datetime, rounds: Sequence[tuple[datetime, Happening]] = ()
) -> list[Happening]:
    """Return leads, changes of the settings and the work of reps in the order of their time."""
    found: list[tuple[datetime, int, Happening]] = [(change.at(now), 0, changing(change, change.at(now))) for change in changes]
    found += [(at, 1, arriving(person, at, keeps_requests=at > now - REQUESTS_FROM)) for person, at in zip(people, times, strict=True)]
    found += [(at, 2, happening) for at, happening in rounds]
    return [happening for _, _, happening in sorted(found, key=lambda one: one[:2])]


def working(one: Round, chance: Random) -> tuple[datetime, Happening]:
    return one.at, lambda _world, simulation: work(simulation, one, chance)


def changing(change: Change, at: datetime) -> Happening:
    def happen(world: World, simulation: Simulation) -> None:
        simulation.run_until(at)
        save_version(settings=change.settings, by=world.administrator, now=at, note=change.note)

    return happen


def arriving(person: Prospect, at: datetime, *, keeps_requests: bool) -> Happening:
    def happen(world: World, simulation: Simulation) -> None:
        simulation.keeps_requests = keeps_requests
        simulation.receive(campaign=world.campaigns[person.campaign.name], fields=person.fields, now=at)

    return happen


def arrivals(rng: Random, *, count: int, since: datetime, until: datetime) -> list[datetime]:
    """Return times in order: more by day than by night, fewer at weekends, none outside the span."""
    zone = ZoneInfo(COMPANY_ZONE)
    hours = [since + timedelta(hours=hour) for hour in range(int((until - since) / timedelta(hours=1)))]
    weights = [weight(hour.astimezone(zone)) for hour in hours]
    drawn = rng.choices(hours, weights=weights, k=count) if count else []
    return sorted(hour + timedelta(seconds=rng.uniform(0, 3600)) for hour in drawn)


def weight(local: datetime) -> float:
    return HOUR_WEIGHTS[local.hour] * (WEEKEND if local.weekday() >= 5 else 1.0)


@contextmanager
def unhurried() -> Iterator[None]:
    """Wake nobody, and let the disk catch up later: what a crash may take from samples is no loss."""
    publishes = settings.PUBLISHES_WAKE_UPS
    settings.PUBLISHES_WAKE_UPS = False
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        settings.PUBLISHES_WAKE_UPS = publishes
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")
