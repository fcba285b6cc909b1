"""A cap is exact: whoever asks for the last place, one gets it, and what is given back is what was taken."""

from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from leads.models import CapWindow
from leads.services.caps import Use, release_windows, reserve_windows

TODAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
EVER = datetime.min.replace(tzinfo=UTC)


def used(kind: str = "day", scope_id: int = 1) -> Decimal:
    return CapWindow.objects.get(scope="client", scope_id=scope_id, kind=kind).used


@pytest.mark.django_db
def test_nothing_to_count_needs_no_window():
    assert reserve_windows([]) == []
    assert CapWindow.objects.count() == 0


@pytest.mark.django_db
def test_a_place_is_counted_in_every_window():
    windows = reserve_windows([Use("client", 1, "day", TODAY, 1, 5), Use("client", 1, "total", EVER, 1, 100)])
    assert [amount for _, amount in windows] == ["1", "1"]
    assert (used("day"), used("total")) == (1, 1)
    assert CapWindow.objects.get(kind="total").start == EVER


@pytest.mark.django_db
def test_one_full_window_leaves_all_others_untouched():
    reserve_windows([Use("client", 1, "day", TODAY, 1, 1)])
    assert reserve_windows([Use("client", 1, "total", EVER, 1, 100), Use("client", 1, "day", TODAY, 1, 1)]) is None
    assert (used("day"), used("total")) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "taken"), [(0, False), (1, True), (None, True)])
def test_empty_is_no_limit_and_zero_is_nothing(limit, taken):
    assert (reserve_windows([Use("client", 1, "day", TODAY, 1, limit)]) is not None) is taken


@pytest.mark.django_db
def test_money_is_counted_to_the_cent_and_the_last_cent_fits():
    budget = Use("client", 1, "budget_day", TODAY, Decimal("33.33"), Decimal("99.99"))
    assert [bool(reserve_windows([budget])) for _ in range(4)] == [True, True, True, False]
    assert used("budget_day") == Decimal("99.99")


@pytest.mark.django_db
def test_a_cap_lowered_below_its_use_stops_new_places_only():
    for _ in range(3):
        reserve_windows([Use("client", 1, "day", TODAY, 1, 5)])
    assert reserve_windows([Use("client", 1, "day", TODAY, 1, 2)]) is None
    assert used() == 3


@pytest.mark.django_db
def test_what_was_reserved_is_what_is_given_back():
    windows = reserve_windows([Use("client", 1, "day", TODAY, 1, 5), Use("client", 1, "budget_day", TODAY, Decimal("12.50"), 100)])
    reserve_windows([Use("client", 1, "day", TODAY, 1, 5)])
    release_windows(windows)
    assert (used("day"), used("budget_day")) == (1, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_i10_sixteen_at_once_for_five_places_get_five():
    asked, barrier, got = 16, Barrier(16), []

    def ask() -> None:
        barrier.wait()
        with transaction.atomic():
            uses = [Use("client", 1, "day", TODAY, 1, 5), Use("client", 2, "day", TODAY, 1, None)]
            got.append(reserve_windows(uses) is not None)
        connection.close()

    threads = [Thread(target=ask) for _ in range(asked)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 11 + [True] * 5
    assert (used(scope_id=1), used(scope_id=2)) == (5, 5)
