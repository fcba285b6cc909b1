"""How the account stands now: open or closed, what it is owed, and what would keep every lead away."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from clients.enums import AccountStatus, ClientStatus
from clients.models import DeliveryAccount
from distribution.domain.automation import SHARED_OUT, Automation, Plan
from distribution.domain.settings import NO_VALUES, Settings
from distribution.domain.slate import DEFAULT_POOL
from distribution.models import Pool
from leads.domain.hours import is_open, next_opening, parse_schedule
from leads.domain.shares import PoolState
from leads.domain.windows import window
from leads.viewer import viewer


@dataclass(frozen=True, slots=True)
class Standing:
    """`opens` is empty when it is open; `barred` says what keeps every lead away."""

    local: str
    is_open: bool
    opens: str
    barred: str
    owed: str
    given: str


def standing(account: DeliveryAccount, settings: Settings, plan: Plan, *, now: datetime) -> Standing:
    zone = ZoneInfo(account.time_zone or account.client.time_zone)
    hours, closed = parse_schedule(account.schedule), frozenset(account.closed_dates)
    open_now = is_open(hours, closed, zone, now)
    opening = None if open_now else next_opening(hours, closed, zone, now)
    return Standing(
        local=f"{now.astimezone(zone):%a %-H:%M}, {zone.key.rpartition('/')[2].replace('_', ' ')}",
        is_open=open_now,
        opens="" if open_now else f"{opening.astimezone(zone):%a %-d %b at %-H:%M}" if opening else "not within a year",
        barred=_barred(account),
        owed=_owed(account, settings, plan, now=now),
        given=_given(account, settings, plan),
    )


def _barred(account: DeliveryAccount) -> str:
    if account.is_archived or account.client.is_archived:
        return "It is archived, so it takes part in nothing."
    if account.client.status != ClientStatus.ACTIVE:
        return f"The client is {account.client.get_status_display().lower()}, so none of its accounts gets a lead."
    if account.status != AccountStatus.OPEN:
        return f"The account is {account.get_status_display().lower()}, so it gets no lead."
    return "" if account.is_automated else "Automated delivery is switched off, so it gets no lead."


def pool_of(account: DeliveryAccount, settings: Settings) -> str:
    """The pool that the account is scanned in, unless a campaign has one of its own."""
    groups = [group for group in settings.groups if account.pk in group.account_ids]
    groups += [group for group in settings.groups if account.client_id in group.client_ids]
    return f"group:{groups[0].key}" if groups else DEFAULT_POOL


def _owed(account: DeliveryAccount, settings: Settings, plan: Plan, *, now: datetime) -> str:
    """What the client is owed by its share, as a sentence; empty where nobody has a share."""
    shared = next((one for one in (plan.automation, plan.secondary) if one in SHARED_OUT), None)
    if shared is None:
        return ""
    kept = Pool.objects.filter(key=pool_of(account, settings)).first()
    state = PoolState.from_json(kept.state) if kept else PoolState()
    percentage = shared is Automation.PERCENTAGE
    ledger = state.percentage.within(window(plan.timeframe_kind, viewer().company_zone, now)) if percentage else state.credits
    credit = float(ledger.credit(account.client_id))
    if abs(credit) < 0.005:
        return "It has exactly its share."
    return f"{credit:.2f} leads are owed to it." if credit > 0 else f"It is {-credit:.2f} leads ahead of its share."


def _given(account: DeliveryAccount, settings: Settings, plan: Plan) -> str:
    values = settings.values.get(account.client_id, NO_VALUES)
    given = {
        Automation.PRICE: f"price {account.price:,.2f}",
        Automation.PRIORITY: f"priority {values.priority}" if values.priority is not None else "no priority, so it comes last",
        Automation.WEIGHTED: f"weight {values.weight:g}" if values.weight is not None else "no weight",
        Automation.PERCENTAGE: f"{values.percentage:g} %" if values.percentage is not None else "no percentage",
    }
    return given.get(plan.automation, "")
