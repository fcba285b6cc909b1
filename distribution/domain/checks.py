"""Eligibility: each row of the table of reasons as a check, and those that an account needs, compiled to a tuple."""

from decimal import Decimal
from typing import Any, NamedTuple

from distribution.domain.automation import SHARED_OUT, Automation
from distribution.domain.case import Case
from distribution.domain.entry import Check, Entry, Failed
from distribution.domain.market import Account
from distribution.domain.moment import CapCheck, Moment
from distribution.domain.reasons import Reason
from distribution.domain.state import Ping
from distribution.domain.wording import decimal_text, local
from leads.domain.criteria_values import plain
from leads.domain.hours import ALWAYS
from leads.domain.windows import ALL_TIME

ZERO = Decimal(0)
UNKNOWN: Failed = (Reason.MARGIN, None)
"""Stands for a margin not worked out yet."""


class Stages(NamedTuple):
    """Checks before the criteria, right after them, and after those that the account brings along."""

    first: tuple[Check, ...]
    second: tuple[Check, ...]
    last: tuple[Check, ...]


def checks_of(account: Account) -> tuple[Check, ...]:
    """The checks between criteria and the value of the method in force that the account can fail, in the table's order."""
    required = (account.required_revenue, account.required_profit, account.required_profit_percent)
    demanding = any(value is not None for value in required)
    wanted: tuple[tuple[Check, bool], ...] = (
        (_schedule, account.hours != ALWAYS or bool(account.closed_dates)),
        (_caps, True),
        (_qualified, account.qualified is not None),
        (_margin, demanding and not account.ping),
        (_ping, account.ping),
    )
    return tuple(check for check, needed in wanted if needed)


def stages(case: Case) -> Stages:
    """The checks that this case calls for besides those of the accounts."""
    snapshot = case.snapshot
    first: tuple[tuple[Check, bool], ...] = (
        (_group, case.terms.client_group is not None),
        (_suppressed, snapshot.suppressed),
        (_refused, bool(case.out)),
    )
    valued = any(view.scene.plan.automation in SHARED_OUT for view in case.views)
    last: tuple[tuple[Check, bool], ...] = ((_value, valued), (_circuit, bool(snapshot.circuit)))
    return Stages(
        first=tuple(check for check, needed in first if needed),
        second=(_duplicate,) if snapshot.bought_before else (),
        last=tuple(check for check, needed in last if needed),
    )


def verdict(entry: Entry, case: Case, stages: Stages) -> Failed | None:
    """The first reason why the account cannot take the lead, or None."""
    if entry.barred is not None:
        return entry.barred, None
    for check in stages.first:
        if failed := check(entry, case):
            return failed
    if entry.account.criteria is not None and (failed := _criteria(entry, case)):
        return failed
    for checks in (stages.second, entry.checks, stages.last):
        for check in checks:
            if failed := check(entry, case):
                return failed
    return None


def meets_criteria(entry: Entry, case: Case) -> bool:
    return _criteria(entry, case) is None


def _group(entry: Entry, case: Case) -> Failed | None:
    group = case.terms.client_group
    return None if group is None or entry.client.id in group else (Reason.NOT_IN_GROUP, None)


def _suppressed(_entry: Entry, case: Case) -> Failed | None:
    return (Reason.SUPPRESSED, None) if case.snapshot.suppressed else None


def _refused(entry: Entry, case: Case) -> Failed | None:
    return (Reason.REFUSED_BEFORE, None) if entry.client.id in case.out else None


def _criteria(entry: Entry, case: Case) -> Failed | None:
    criteria = entry.account.criteria
    failure = criteria(case.lead.values) if criteria is not None else None
    if failure is None:
        return None
    return Reason.CRITERIA, {
        "path": failure.path,
        "field": failure.field,
        "operator": failure.operator,
        "value": failure.value,
        "actual": plain(failure.actual),
        "label": failure.label,
        "negated": failure.negated,
    }


def _duplicate(entry: Entry, case: Case) -> Failed | None:
    return (Reason.DUPLICATE_FOR_CLIENT, None) if entry.client.id in case.snapshot.bought_before else None


def _schedule(entry: Entry, case: Case) -> Failed | None:
    closed = None if entry.shift is None else case.moment.closing(entry.shift)
    if closed is None or (entry.account.hold and closed.opens is not None):
        return None
    return Reason.SCHEDULE_CLOSED, {"opens": local(closed.opens, entry.account.zone)}


def _caps(entry: Entry, case: Case) -> Failed | None:
    """The client's limits, then the account's own, unless the rescan passes over them."""
    used_now = case.snapshot.used
    for check in case.moment.caps(entry.account, entry.client):
        key, most, limit, is_own, reason, _zone = check
        used = used_now.get(key, ZERO)
        full = used + case.price(entry) > limit if most is None else used > most
        if full and not (is_own and case.beyond and entry.account.may_exceed_caps):
            return reason, _cap_detail(check, used, case.price(entry), case.moment)
    return None


def _cap_detail(check: CapCheck, used: Decimal, price: Decimal, moment: Moment) -> dict[str, Any]:
    end = moment.window(check.key.kind.window, check.zone).end
    detail: dict[str, Any] = {
        "whose": check.key.scope.value,
        "limit": str(check.limit),
        "used": str(used),
        "reopens": None if end == ALL_TIME.end else local(end, check.zone),
        "zone": check.zone.key,
    }
    if check.most is None:
        detail["price"] = str(price)
    return detail


def _qualified(entry: Entry, case: Case) -> Failed | None:
    share = entry.account.qualified
    if share is None:
        return None
    met, bought = case.snapshot.qualified.get(entry.account.id, (0, 0))
    if (bought + 1) * 100 <= share.percent * (met + 1):
        return None
    return Reason.QUALIFIED_SHARE, {
        "percent": str(share.percent),
        "window": share.window.value,
        "bought": bought,
        "met": met + 1,
    }


def _margin(entry: Entry, case: Case) -> Failed | None:
    known = case.margins.get(entry, UNKNOWN)
    if known is UNKNOWN:
        short = _shortfall(entry.account, entry.account.price, case)
        known = case.margins[entry] = None if short is None else (Reason.MARGIN, short)
    return known


def _shortfall(account: Account, price: Decimal, case: Case) -> dict[str, Any] | None:
    """What the price misses: revenue is the price, profit the price less the lead's cost, percent the profit of the price.

    The cost is spread over the deliveries that a shared lead may have; multiplied out, so that nothing is rounded.
    """
    parts = 1 if account.exclusive else max(case.terms.max_deliveries, 1)
    profit = price * parts - case.terms.cost
    tests = (
        ("revenue", account.required_revenue, price, 1),
        ("profit", account.required_profit, profit, parts),
        ("profit_percent", account.required_profit_percent, profit * 100, price * parts),
    )
    for what, required, reached, per in tests:
        if required is not None and reached < required * per:
            return {
                "what": what,
                "required": str(required),
                "price": str(price),
                "cost": str(case.terms.cost),
                "deliveries": parts,
            }
    return None


def _ping(entry: Entry, case: Case) -> Failed | None:
    answer = case.snapshot.pings.get(entry.account.id)
    if answer is None:
        return None
    if answer.answer is not Ping.ACCEPTED:
        detail = {"note": answer.note} if answer.note else None
        return (Reason.PING_TIMEOUT if answer.answer is Ping.TIMEOUT else Reason.PING_REJECTED), detail
    bid, least = case.price(entry), entry.account.price
    if bid < least:
        return Reason.BID_TOO_LOW, {"bid": str(bid), "least": str(least)}
    short = _shortfall(entry.account, bid, case)
    return None if short is None else (Reason.BID_TOO_LOW, {"bid": str(bid), **short})


def _value(entry: Entry, case: Case) -> Failed | None:
    """Whether the method in force leaves the client out: without a value, or by the hard limit."""
    view = case.views[entry.group]
    plan, client = view.scene.plan, entry.client.id
    if plan.automation is Automation.WEIGHTED:
        return None if client in view.scene.weights.weights else (Reason.WEIGHT_MISSING, None)
    if plan.automation is not Automation.PERCENTAGE:
        return None
    if client not in view.scene.percentages.weights:
        return Reason.PERCENTAGE_MISSING, None
    claims = view.percentage_claims()
    if not plan.hard_limit or claims.is_due(client):
        return None
    total = sum(view.scene.percentages.weights.values())
    waited = max(claims.amounts, key=lambda member: (claims.amounts[member], -case.entry_order(member)))
    return Reason.PERCENTAGE_REACHED, {
        "percentage": decimal_text(view.scene.percentages.weights[client] * 100, total),
        "timeframe": plan.timeframe.value,
        "ends": view.window and local(view.window.end, case.zone),
        "zone": case.zone.key,
        "waiting_for": waited,
    }


def _circuit(entry: Entry, case: Case) -> Failed | None:
    until = case.snapshot.circuit.get(entry.account.id)
    if until is None or until <= case.now:
        return None
    return Reason.CIRCUIT_OPEN, {"until": local(until, entry.account.zone), "zone": entry.account.zone.key}
