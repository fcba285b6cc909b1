"""Reports of 90 days over the sums of 10,000,000 deliveries (`--quick`: of a tenth), and what keeping the sums costs a batch of 1,000.

The sums are written as so many deliveries would leave them: a row for every pair of 400 accounts, 20 campaigns, 50 states and 24 hours.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product

from tests.bench.figures import Figure

DAYS = 90
SIZES = {"account": 400, "campaign": 20, "state": 50, "hour": 24}
BITS = {"account": 1, "campaign": 2, "state": 4, "hour": 8}
SECOND = 1.0
LAST = date(2026, 11, 25)
CODES = [f"{first}{second}" for first, second in product("QRSTUVWXYZ", "ABCDE")]


def measure(*, quick: bool) -> Iterator[Figure]:
    from django.db import transaction

    with transaction.atomic():
        yield from _reading(accounts=SIZES["account"] // (10 if quick else 1))
        yield from _keeping()
        transaction.set_rollback(True)


def _reading(*, accounts: int) -> Iterator[Figure]:
    """Each grouping, alone and under a filter, must open in a second."""
    from django.db import connection

    from distribution.reports.asked import Asked, Days
    from distribution.reports.delivery import BY, delivery_report
    from distribution.services.report_cells import CUTS
    from leads.viewer import viewer

    sizes = SIZES | {"account": accounts}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE distribution_reportcell, distribution_reportdelta")  # taken back with the rest
        for cut in CUTS:
            cursor.execute(_cells(cut, sizes), {"last": LAST, "days": DAYS, "codes": CODES})
        cursor.execute("ANALYZE distribution_reportcell")
    days = Days(date.fromordinal(LAST.toordinal() - DAYS + 1), LAST)
    for filters in ({}, {"state": CODES[7]}, {"campaign": "7"}):
        worst, name = max(
            (
                _seconds(lambda by=by, filters=filters: delivery_report(Asked(days, "days", by, "before", filters), viewer().company_zone)),
                by,
            )
            for by in BY
            if by not in ("client", "source")  # need rows of accounts and campaigns; as many as those themselves
        )
        narrowed = " and ".join(filters) or "nothing"
        yield Figure(f"report of {DAYS} days, by {name}, narrowed by {narrowed}", worst, SECOND, "s", at_most=1.0)


def _cells(cut: int, sizes: dict[str, int]) -> str:
    """An INSERT of every cell of a cut on every day."""
    source = "".join(
        f" CROSS JOIN generate_series({0 if name == 'hour' else 1}, {size - (name == 'hour')}) AS {name}"
        for name, size in sizes.items()
        if BITS[name] & cut
    )
    told = {name: name if BITS[name] & cut else ("-1" if name == "hour" else "0") for name in BITS}
    state = "(%(codes)s::varchar[])[state]" if cut & 4 else "''"
    return (
        "INSERT INTO distribution_reportcell (cut, day, account, campaign, lead_type, state, hour, offered, sold, refused, failed, doubted,"
        " cancelled, returned, revenue, credited, bought, sell_ms, mailed, arrived, opened, clicked, bounced, leads, cost)"
        f" SELECT {cut}, %(last)s::date - day, {told['account']}, {told['campaign']}, {'1' if cut & 2 else '0'}, {state}, {told['hour']},"
        " 9, 7, 1, 1, 0, 0, 0, 12345, 0, 2345, 700, 1, 1, 1, 0, 0, 5, 1500"
        f" FROM generate_series(0, %(days)s - 1) AS day{source}"
    )


def _keeping() -> Iterator[Figure]:
    """A batch of 1,000 deliveries written with and without the trigger that says what they count."""
    from django.db import connection

    from distribution.demo import factories as make
    from distribution.models import Delivery

    account = make.DeliveryAccountFactory.create(method=True)
    leads = make.LeadFactory.create_batch(250)
    decisions = [make.DecisionFactory.create(lead=lead) for lead in leads]

    def write() -> None:
        rows = [
            make.DeliveryFactory.build(
                lead=lead, decision=decision, account=account, client=account.client, method=None, slot=slot, state="rejected"
            )
            for slot in range(1, 5)
            for lead, decision in zip(leads, decisions, strict=True)
        ]
        nonlocal spent
        start = time.perf_counter()
        Delivery.objects.bulk_create(rows)
        spent = time.perf_counter() - start

    spent = 0.0
    times: dict[str, float] = {}
    with connection.cursor() as cursor:
        for switch in ("DISABLE", "ENABLE") * 3:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE distribution_delivery {switch} TRIGGER report_added")
            write()
            times[switch] = min(times.get(switch, spent), spent)
    yield Figure("keeping the sums of a batch of 1,000", times["ENABLE"] - times["DISABLE"], times["DISABLE"], "s", at_most=0.6)


def _seconds(work: Callable[[], object]) -> float:
    """The better of two: the first one reads from disk."""
    found = []
    for _ in range(2):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)
