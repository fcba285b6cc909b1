"""A minute that hands on what it knows: the next one must say the same as one that starts from nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from distribution.domain.market import Account, Cap, CapKind, Client
from distribution.domain.moment import Moment

ZONES = tuple(ZoneInfo(name) for name in ("America/New_York", "America/Los_Angeles", "Asia/Kathmandu"))
BEGIN = datetime(2026, 10, 31, 3, tzinfo=UTC)
"""The day before clocks go back in the United States, near the end of a month."""
CLIENTS = [Client(id=n, entry=n, zone=zone, caps=(Cap(CapKind.DAY, Decimal(9)),)) for n, zone in enumerate(ZONES)]
KINDS = ((CapKind.HOUR, CapKind.WEEK), (CapKind.MONTH,), (CapKind.TOTAL, CapKind.BUDGET_DAY))
ACCOUNTS = [
    Account(id=n, client_id=n, lead_type=1, entry=n, zone=ZONES[n], caps=tuple(Cap(kind, Decimal(5)) for kind in kinds))
    for n, kinds in enumerate(KINDS)
]
PAIRS = list(zip(ACCOUNTS, CLIENTS, strict=True))


@given(st.lists(st.integers(0, 3_000), min_size=2, max_size=20))
def test_a_minute_that_was_handed_on_counts_in_the_windows_of_a_fresh_one(minutes: list[int]) -> None:
    """In any order, since a late worker may ask for an earlier minute."""
    kept = Moment(BEGIN, {})
    for minute in minutes:
        at = BEGIN + timedelta(minutes=minute)
        kept = kept.at(at)
        fresh = Moment(at, {})
        assert [kept.caps(account, client) for account, client in PAIRS] == [fresh.caps(account, client) for account, client in PAIRS]
        assert kept.keys(1, PAIRS) == fresh.keys(1, PAIRS)


def test_windows_are_kept_while_they_run_and_worked_out_anew_when_the_first_of_them_ends() -> None:
    noon = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)
    moment = Moment(noon, {})
    caps = moment.caps(ACCOUNTS[0], CLIENTS[0])
    within = moment.at(noon + timedelta(minutes=59))
    assert within.caps(ACCOUNTS[0], CLIENTS[0]) is caps
    after = within.at(noon + timedelta(minutes=60))
    assert after.caps(ACCOUNTS[0], CLIENTS[0])[1].key.window_start == noon + timedelta(hours=1)
