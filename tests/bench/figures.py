"""One measured figure with the limit it is compared with, and how to take time."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`measured` and `floor` in the same unit; `at_least` when more is better, else `at_most` is the gate of the ratio."""

    name: str
    measured: float
    floor: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        return self.measured / self.floor

    @property
    def reached(self) -> bool:
        return (self.at_least is None or self.ratio >= self.at_least) and (self.at_most is None or self.ratio <= self.at_most)

    def line(self) -> str:
        gate = f">={self.at_least:g}" if self.at_least is not None else f"<={self.at_most:g}" if self.at_most is not None else ""
        mark = "" if self.reached else "  missed"
        figures = f"{number(self.measured):>10} {self.unit:<3}{number(self.floor):>10} {self.unit:<3}"
        return f"{self.name:<44}{figures}{self.ratio:>10.3g}{gate:>10}{mark}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def seconds_each(work: Callable[[], object], *, times: int, rounds: int = 5) -> float:
    """Return the processor seconds of one call: the best of some rounds, whatever else the machine does meanwhile."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - start)
    return best / times
