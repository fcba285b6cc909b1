"""Weekly hours in words."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from leads.domain.hours import DAYS


def told(week: Mapping[str, Sequence[str]]) -> str:
    """`Mon-Fri 09:00-17:00, Sat 10:00-12:00`: days in a row with the same windows stand together, closed ones are left out."""
    days = [(day.capitalize(), " and ".join(sorted(week.get(day) or ()))) for day in DAYS]
    runs = [(windows, [day for day, _ in run]) for windows, run in groupby(days, key=lambda one: one[1]) if windows]
    return ", ".join(f"{_span(run)} {windows}" for windows, run in runs) or "never open"


def _span(run: list[str]) -> str:
    if len(run) == len(DAYS):
        return "Every day"
    return run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}"
