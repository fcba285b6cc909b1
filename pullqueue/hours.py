"""The rules of calling as the database has them now, ready to be asked; what is missing there is as it was shipped."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, cast

from leads.domain.hours import parse_schedule
from leads.domain.states import STATES
from leads.places import zones_of_state
from pullqueue.domain.calling import CallRules, Spot, StateRule
from pullqueue.models import FloorSettings, NoCallDate, StateHours
from pullqueue.shipped import TIMES, shipped_dates, shipped_hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ISLANDS_AND_OTHERS = frozenset({"PR", "VI", "GU", "AS", "MP", "FM", "MH", "PW", "AA", "AE", "AP"})
"""What is neither a state nor the District: a lead without a place is not looked for there."""


def read_rules() -> CallRules:
    """All rows with their closed dates, in three queries."""
    rows: dict[str, Mapping[str, Any]] = dict(shipped_hours())
    for kept in StateHours.objects.values("code", "closed_on_holidays", "max_attempts_24h", *TIMES):
        rows[kept["code"]] = kept
    dates = list(NoCallDate.objects.values_list("code", "date")) or [(code, on) for code, on, *_ in shipped_dates()]
    settings = FloorSettings.current()
    return build_rules(rows, dates, calls_unplaced=settings.calls_unplaced)


def build_rules(rows: Mapping[str, Mapping[str, Any]], dates: Iterable[tuple[str, date]], *, calls_unplaced: bool) -> CallRules:
    """The rules from values of rows by state, and from closed dates by state (empty for all of them)."""
    closed: dict[str, set[date]] = {}
    for code, on in dates:
        closed.setdefault(code, set()).add(on)
    everywhere = closed.get("", set())
    rules = {code: _rule(row, closed.get(code, set()) if row["closed_on_holidays"] else set(), everywhere) for code, row in rows.items()}
    return CallRules(rules, anywhere(rules) if calls_unplaced else None)


def anywhere(rules: Mapping[str, StateRule]) -> Spot:
    """The states and the District with all their zones: where somebody is of whom nothing is known."""
    states = tuple(sorted(code for code in STATES if code not in ISLANDS_AND_OTHERS and code in rules))
    return Spot(states, tuple(sorted({zone for state in states for zone in zones_of_state(state)})))


def _rule(row: Mapping[str, Any], closed: set[date], everywhere: set[date]) -> StateRule:
    week = {day: _window(row, "mon_fri") for day in WEEKDAYS} | {"sat": _window(row, "sat"), "sun": _window(row, "sun")}
    return StateRule(parse_schedule(week), frozenset(closed | everywhere), row["max_attempts_24h"])


def _window(row: Mapping[str, Any], days: str) -> list[str]:
    start, end = cast("time | None", row[f"{days}_start"]), cast("time | None", row[f"{days}_end"])
    return [f"{start:%H:%M}-{end:%H:%M}"] if start is not None and end is not None else []


def spot_of(states: Iterable[str], zones: Iterable[str]) -> Spot:
    """Where a lead is, as one key for all leads of the same places."""
    return Spot(tuple(sorted(states)), tuple(sorted(zones)))
