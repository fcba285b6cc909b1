"""After the quiet time: three histories compared, with no code of the product. One line a check; 0 is right everywhere."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

LIVE = "('queued', 'sending', 'accepted', 'unknown')"


class Check(NamedTuple):
    id: str
    meaning: str
    found: int


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def number(query: str) -> int:
    return int(rows(query)[0][0])


def audit(acknowledged: dict[str, str], log: Path, server_errors: list[int]) -> list[Check]:
    posts = [json.loads(line) for line in log.read_text().splitlines()]
    stored = {marker: str(lead) for marker, lead in rows("SELECT external_id, id FROM leads_lead")}
    takers, bodies, clients = defaultdict(set), defaultdict(set), defaultdict(set)
    for post in posts:
        bodies[post["delivery"]].add(post["body"])
        clients[post["delivery"]].add(post["client"])
        if post["takes"]:
            takers[post["lead"]].add(post["client"])
    outcomes = dict(rows("SELECT external_id, outcome FROM leads_lead"))
    settled = {"sold", "review"}
    lost = [marker for marker, lead in acknowledged.items() if stored.get(marker) != lead]
    return [
        Check("A1", "acknowledged leads that are not stored", len(lost)),
        Check("A2", "leads still open after the quiet time", sum(outcome == "pending" for outcome in outcomes.values())),
        Check("A3", "leads taken by two clients", sum(len(who) > 1 for who in takers.values())),
        Check("A4", "leads with two live deliveries", number(_twice(f"SELECT lead_id FROM distribution_delivery WHERE state IN {LIVE}"))),
        Check("A5", "deliveries with two bodies or two clients", sum(len(bodies[d]) > 1 or len(clients[d]) > 1 for d in bodies)),
        Check("A6", "repeats at a client that no ambiguous attempt explains", _unexplained(posts)),
        Check("A7", "leads sold but never taken", sum(outcome == "sold" and not takers[m] for m, outcome in outcomes.items())),
        Check("A8", "leads taken but neither sold nor in review", sum(bool(takers[m]) and outcomes.get(m) not in settled for m in takers)),
        Check("A9", "accounts over their cap", number(OVER_CAP)),
        Check("A10", "cap counters that differ from the deliveries that hold a place", number(COUNTERS)),
        Check("A15", "answers above 500 other than 503", len(server_errors)),
    ]


def _twice(query: str) -> str:
    return f"SELECT count(*) FROM ({query} GROUP BY 1 HAVING count(*) > 1) AS twice"


OVER_CAP = f"""
    SELECT count(*) FROM (
        SELECT a.id FROM clients_deliveryaccount a JOIN distribution_delivery d ON d.account_id = a.id AND d.state IN {LIVE}
        WHERE a.cap_total IS NOT NULL GROUP BY a.id, a.cap_total HAVING count(*) > a.cap_total
    ) AS broken
"""
COUNTERS = f"""
    SELECT count(*) FROM leads_capwindow w
    WHERE w.scope = 'account' AND w.kind = 'total' AND w.used <> (
        SELECT count(*) FROM distribution_delivery d WHERE d.account_id = w.scope_id AND d.state IN {LIVE}
    )
"""
AMBIGUOUS = """
    SELECT d.id::text FROM distribution_delivery d WHERE d.is_tainted
        OR EXISTS (SELECT 1 FROM distribution_attempt a WHERE a.delivery_id = d.id AND a.outcome <> 'accepted')
        OR d.claim > 1
"""


def _unexplained(posts: list[dict[str, Any]]) -> int:
    explained = {delivery for (delivery,) in rows(AMBIGUOUS)}
    return sum(post["repeats"] and post["delivery"] not in explained for post in posts)


def figures() -> list[str]:
    """What the run was like, for the reader of the table."""
    by_outcome = rows("SELECT outcome, count(*) FROM leads_lead GROUP BY 1 ORDER BY 1")
    attempts = rows("SELECT outcome, count(*) FROM distribution_attempt GROUP BY 1 ORDER BY 1")
    stale = number("SELECT count(*) FROM distribution_attempt WHERE is_stale")
    say: Callable[[list[tuple[Any, ...]]], str] = lambda found: ", ".join(f"{name} {count}" for name, count in found)  # noqa: E731
    return [f"leads: {say(by_outcome)}", f"attempts: {say(attempts)}, stale {stale}"]
