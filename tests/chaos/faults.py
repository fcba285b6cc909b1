"""The plan of faults, seeded, and the quiet time afterwards in which everything must come to an end by itself."""

import random
import threading
import time

import redis
from django.conf import settings
from django.db import Error, connection

from tests.chaos.house import House

OPEN = """
    SELECT (SELECT count(*) FROM leads_lead WHERE due_at IS NOT NULL)
         + (SELECT count(*) FROM distribution_delivery WHERE state IN ('queued', 'sending'))
"""
QUIET_SECONDS = 240


def disturb(house: House, sending: threading.Thread, chance: random.Random, *, quick: bool) -> list[str]:
    """Do harm every two seconds while leads come in, and for some time more; return what was done."""
    done: list[str] = []
    ends = time.monotonic() + (20 if quick else 45)
    rare = {3: "flush", 5: "web", 7: "broker", 9: "postgres"}
    while sending.is_alive() or time.monotonic() < ends:
        time.sleep(2)
        house.look_after()
        turn = len(done) + 1
        kind = rare.get(turn % 12) or ("worker" if chance.random() < 0.2 else "child")
        _do(house, kind, chance)
        done.append(kind)
        house.look_after()
    return done


def _do(house: House, kind: str, chance: random.Random) -> None:
    worker = chance.choice(["worker-1", "worker-2"])
    match kind:
        case "child":
            house.kill_child_of(worker)
        case "worker":
            house.kill_tree(worker)
        case "web":
            house.kill_tree("web")
        case "flush":
            redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).flushall()
        case "broker":
            house.kill_server("Valkey")
        case _:
            house.kill_server("PostgreSQL")


def quiet(house: House) -> float:
    """Wait, without any further fault, until nothing is open; return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < QUIET_SECONDS:
        house.look_after()
        try:
            with connection.cursor() as cursor:
                cursor.execute(OPEN)
                if cursor.fetchone()[0] == 0:
                    break
        except Error:
            connection.close()
        time.sleep(0.5)
    return time.monotonic() - began
