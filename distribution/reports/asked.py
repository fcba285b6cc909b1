"""What a report is asked for, read from its address: days, what they are compared with, by what, and filters. Problems are sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

MOST_DAYS = 731
STATE = 2
PERIODS = {
    "today": "Today",
    "yesterday": "Yesterday",
    "7": "Last 7 days",
    "30": "Last 30 days",
    "90": "Last 90 days",
    "month": "This month",
    "last_month": "Last month",
    "days": "From … to …",
}
COMPARED = {"before": "The days before", "year": "A year before, same weekdays", "none": "Nothing"}
FILTERS = ("client", "account", "campaign", "source", "lead_type", "state", "hour")
"""Ways to narrow a report; all but the state are numbers."""


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days of the company, both ends included."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(len(self)))

    def earlier(self, days: int) -> "Days":
        return Days(self.first - timedelta(days=days), self.last - timedelta(days=days))

    @property
    def said(self) -> str:
        """The days as people say them: "25 Nov 2026", "1–25 Nov 2026"."""
        if self.first == self.last:
            return f"{self.first:%-d %b %Y}"
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first:%-d}–{self.last:%-d %b %Y}"
        if self.first.year == self.last.year:
            return f"{self.first:%-d %b} – {self.last:%-d %b %Y}"
        return f"{self.first:%-d %b %Y} – {self.last:%-d %b %Y}"


@dataclass(frozen=True, slots=True)
class Asked:
    days: Days
    period: str = "30"
    by: str = ""
    compared: str = "before"
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    show: str = ""

    @property
    def before(self) -> Days | None:
        """The days it is compared with; None for nothing."""
        if self.compared == "none":
            return None
        return self.days.earlier(len(self.days) if self.compared == "before" else 364)

    def query(self, **changes: str) -> str:
        """The address of this report, with some of it changed."""
        told = {"period": self.period, "by": self.by, "compare": self.compared, "sort": self.sort, "show": self.show}
        if self.period == "days":
            told |= {"from": f"{self.days.first}", "to": f"{self.days.last}"}
        return urlencode({name: value for name, value in (told | dict(self.filters) | changes).items() if value})


def read(
    given: Mapping[str, str], *, today: date, by: Mapping[str, str], shows: Mapping[str, str] | None = None
) -> tuple[Asked, list[str]]:
    """Read the address. What cannot be read is left out and said; the first of `by` and of `shows` is the default."""
    problems: list[str] = []
    period = _choice(given, "period", PERIODS, "30", "period", problems)
    if "period" not in given and (given.get("from") or given.get("to")):
        period = "days"
    days, period = _days(given, period, today, problems)
    asked = Asked(
        days=days,
        period=period,
        by=_choice(given, "by", by, next(iter(by)), "grouping", problems),
        compared=_choice(given, "compare", COMPARED, "before", "comparison", problems),
        sort=given.get("sort", "")[:20],
        show=_choice(given, "show", shows, next(iter(shows)), "set of columns", problems) if shows else "",
    )
    return replace(asked, filters=_filters(given, problems)), problems


def _choice(given: Mapping[str, str], name: str, known: Mapping[str, str], default: str, word: str, problems: list[str]) -> str:
    value = given.get(name) or default
    if value in known:
        return value
    problems.append(f"This report has no such {word}, so it shows “{known[default]}”. Choose one from the list.")
    return default


def _days(given: Mapping[str, str], period: str, today: date, problems: list[str]) -> tuple[Days, str]:
    if period != "days":
        return _named(period, today), period
    try:
        first = date.fromisoformat(given.get("from") or f"{today}")
        last = date.fromisoformat(given.get("to") or f"{today}")
    except ValueError:
        problems.append("A day could not be read, so these are the last 30 days. Write days as 2026-11-25.")
        return _named("30", today), "30"
    if last < first:
        problems.append("The last day is before the first, so they are taken the other way round.")
        first, last = last, first
    if (last - first).days >= MOST_DAYS or first.year < 2000 or last.year > 2200:
        problems.append(f"A report covers at most {MOST_DAYS} days between 2000 and 2200, so these are the last 30. Choose fewer days.")
        return _named("30", today), "30"
    return Days(first, last), "days"


def _named(period: str, today: date) -> Days:
    month = today.replace(day=1)
    if period.isdigit():
        return Days(today - timedelta(days=int(period) - 1), today)
    if period == "yesterday":
        return Days(today - timedelta(days=1), today - timedelta(days=1))
    if period == "month":
        return Days(month, today)
    if period == "last_month":
        last = month - timedelta(days=1)
        return Days(last.replace(day=1), last)
    return Days(today, today)


def _filters(given: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    found = {}
    for name in FILTERS:
        value = given.get(name, "")
        if not value:
            continue
        if is_key(name, value):
            found[name] = value
        else:
            problems.append(f"The filter by {name.replace('_', ' ')} could not be read, so it is left out. Choose one from the list.")
    return found


def narrowed_to(asked: Asked, names: tuple[str, ...], problems: list[str]) -> Asked:
    """Leave out the filters that a report does not have, and say so."""
    problems += [
        f"This report has no filter by {name.replace('_', ' ')}, so it is left out." for name in asked.filters if name not in names
    ]
    return replace(asked, filters={name: value for name, value in asked.filters.items() if name in names})


def is_key(name: str, value: str) -> bool:
    """Whether a text can be a value of that filter. "-" is a lead without a state."""
    if name == "state":
        return value == "-" or (len(value) == STATE and value.isalpha() and value.isascii())
    return value.isascii() and value.isdigit() and len(value) < 19 and (name != "hour" or int(value) < 24)
