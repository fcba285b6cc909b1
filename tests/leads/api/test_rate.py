"""The leaky bucket: so many at once, then one every so often; the same in Valkey and in the process."""

import time
from collections.abc import Callable

import pytest

from leads.api import rate

Ask = Callable[[str], float]


def in_valkey(interval: float, burst: int) -> Ask:
    limiter = rate.limiter()
    return lambda name: limiter._early(name, interval, burst)


def in_this_process(interval: float, burst: int) -> Ask:
    local = rate.Local()
    return lambda name: local.early(name, interval, burst)


@pytest.mark.parametrize("made", [in_valkey, in_this_process])
def test_a_burst_passes_and_the_next_waits_for_one_interval(made: Callable[[float, int], Ask]) -> None:
    ask = made(10.0, 3)
    assert [ask("a") for _ in range(3)] == [0, 0, 0]
    assert 9 < ask("a") <= 10
    assert ask("b") == 0


@pytest.mark.parametrize("made", [in_valkey, in_this_process])
def test_what_was_refused_counts_for_nothing_and_time_gives_back(made: Callable[[float, int], Ask]) -> None:
    ask = made(0.2, 1)
    assert (ask("c"), ask("c") > 0, ask("c") > 0) == (0, True, True)
    time.sleep(0.25)
    assert ask("c") == 0


def test_the_process_forgets_the_oldest_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_BUCKETS", 2)
    local = rate.Local()
    for name in ("a", "b", "c"):
        local.early(name, 10.0, 1)
    assert list(local.due) == ["b", "c"]


def test_seconds_to_wait_are_whole_and_never_too_few() -> None:
    assert [rate.limiter().wait_seconds("d", per_second=0.3, burst=1) for _ in range(2)] == [0, 4]
