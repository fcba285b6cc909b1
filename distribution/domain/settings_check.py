"""Settings that nobody could explain are refused at save; what may surprise is warned of."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from distribution.domain.automation import SHARED_OUT, Automation
from distribution.domain.problem import Problem
from distribution.domain.settings import Settings, Values

LARGEST = Decimal(10**9)
PLACES = 6


class Ordering(NamedTuple):
    """One choice of automations, of the page, a group or a campaign."""

    place: str
    automation: Automation
    secondary: Automation | None


def problems(settings: Settings, campaigns: Sequence[Ordering] = ()) -> tuple[Problem, ...]:
    """Why the settings cannot be saved, every reason at once; `campaigns` are the overrides in use."""
    orderings = _orderings(settings)
    found: list[Problem] = []
    for ordering in orderings:
        found += _of_ordering(ordering)
    found += _of_options(settings, [*orderings, *campaigns])
    found += _of_values(settings)
    found += _of_totals(settings, [*orderings, *campaigns])
    found += _of_groups(settings)
    return tuple(found)


def warnings(settings: Settings) -> tuple[Problem, ...]:
    """What may be saved but should be read first."""
    found = []
    orderings = _orderings(settings)
    percentages = [values.percentage for values in settings.values.values() if values.percentage]
    if percentages and _uses(orderings, Automation.PERCENTAGE) and sum(percentages) != 100:
        total = sum(percentages, Decimal(0)).normalize()
        message = f"The percentages add up to {total:f}, not 100. They are taken relative to their total."
        found.append(Problem("values", "total_not_100", message))
    if settings.percentage_hard_limit and any(ordering.automation is Automation.PERCENTAGE for ordering in orderings):
        message = "With the hard limit one closed client can stop the others: leads go unsold until it buys or the timeframe ends."
        found.append(Problem("percentage_hard_limit", "can_stop_others", message))
    return tuple(found)


def _orderings(settings: Settings) -> list[Ordering]:
    own = Ordering("", settings.automation, settings.secondary)
    return [own, *(Ordering(f"groups[{n}].", group.automation, group.secondary) for n, group in enumerate(settings.groups))]


def _uses(orderings: Iterable[Ordering], automation: Automation) -> bool:
    return any(automation in (ordering.automation, ordering.secondary) for ordering in orderings)


def _of_ordering(ordering: Ordering) -> Iterator[Problem]:
    place = f"{ordering.place}secondary"
    if ordering.secondary == ordering.automation:
        message = f"{ordering.automation.value} is the automation already. Choose another secondary automation or none."
        yield Problem(place, "same_as_primary", message)
    if ordering.automation in SHARED_OUT and ordering.secondary is None:
        message = f"{ordering.automation.value} needs a secondary automation to order clients that are owed the same. Choose one."
        yield Problem(place, "secondary_required", message)


def _of_options(settings: Settings, orderings: Sequence[Ordering]) -> Iterator[Problem]:
    if settings.price_optimization and all(ordering.automation is not Automation.PRICE for ordering in orderings):
        message = "Price optimization works with the price automation only. Choose price, or switch it off."
        yield Problem("price_optimization", "needs_price", message)
    if settings.percentage_catch_up is not None and settings.percentage_catch_up < 0:
        yield Problem("percentage_catch_up", "negative", "Use 0 or more leads, or leave it empty for no limit.")
    for name, low, high in (("ping_budget_seconds", 1, 30), ("bounce_hours", 1, 720), ("breaker_failures", 1, 1000)):
        if not low <= getattr(settings, name) <= high:
            yield Problem(name, "out_of_range", f"Use a whole number from {low} to {high}.")


def _of_values(settings: Settings) -> Iterator[Problem]:
    for client, values in sorted(settings.values.items()):
        for name, value in (("weight", values.weight), ("percentage", values.percentage)):
            if value is None:
                continue
            place = f"values.{client}.{name}"
            exponent = value.as_tuple().exponent
            if value < 0:
                yield Problem(place, "negative", f"Use 0 or more, or leave the {name} empty.")
            elif value > LARGEST or not isinstance(exponent, int) or exponent < -PLACES:
                message = f"Use a number up to {LARGEST} with {PLACES} decimals at most."
                yield Problem(place, "out_of_range", message)


def _of_totals(settings: Settings, orderings: Sequence[Ordering]) -> Iterator[Problem]:
    for automation, name in ((Automation.WEIGHTED, "weight"), (Automation.PERCENTAGE, "percentage")):
        if _uses(orderings, automation) and not _total(settings.values.values(), name):
            message = f"No client has a {name} above 0, so that nothing could be shared out. Give at least one client a {name}."
            yield Problem("values", f"{name}_total_zero", message)
        for number, group in enumerate(settings.groups):
            members = [settings.values[client] for client in group.client_ids if client in settings.values]
            if group.automation is automation and not group.account_ids and group.client_ids and not _total(members, name):
                message = f"No client of {group.name} has a {name} above 0. Give at least one of them a {name}."
                yield Problem(f"groups[{number}].automation", f"{name}_total_zero", message)


def _total(values: Iterable[Values], name: str) -> Decimal:
    return sum((value for entry in values if (value := getattr(entry, name)) is not None and value > 0), Decimal(0))


def _of_groups(settings: Settings) -> Iterator[Problem]:
    for what in ("key", "name"):
        for number, value in _repeated([[getattr(group, what)] for group in settings.groups]):
            yield Problem(f"groups[{number}].{what}", "twice", f"{value} is used by an earlier group. Choose another {what}.")
    for what, word in (("client_ids", "client"), ("account_ids", "account")):
        for number, value in _repeated([getattr(group, what) for group in settings.groups]):
            message = f"The {word} {value} is in an earlier group already. Take it out of one of the two."
            yield Problem(f"groups[{number}].{what}", "in_two_groups", message)


def _repeated[T](lists: Sequence[Sequence[T]]) -> Iterator[tuple[int, T]]:
    seen: set[T] = set()
    for number, values in enumerate(lists):
        for value in values:
            if value in seen:
                yield number, value
            seen.add(value)
