"""One minute of the world: who is open, and which windows caps count in. Calendars change on full minutes only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from distribution.domain.market import Account, Cap, CapKind, Client, Scope
from distribution.domain.reasons import Reason
from distribution.domain.state import CapKey
from leads.domain.hours import WeekHours, is_open, next_opening
from leads.domain.windows import Window, WindowKind, window

CAP_REASONS: dict[CapKind, Reason] = {kind: Reason(kind.value if kind.is_budget else f"cap_{kind.value}") for kind in CapKind}
DAY = timedelta(days=1)
_ORDER = {kind: place for place, kind in enumerate(CapKind)}


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """A schedule that accounts share."""

    hours: WeekHours
    closed_dates: frozenset[date]
    zone: ZoneInfo


class CapCheck(NamedTuple):
    key: CapKey
    most: Decimal | None
    """Leads that may be used while one more fits; None for a budget."""
    limit: Decimal
    is_own: bool
    """Of the account, not of its client."""
    reason: Reason
    zone: ZoneInfo


class Closed(NamedTuple):
    """Closed from an instant on until the opening; None for no opening within a year, which is looked up again daily."""

    since: datetime
    opens: datetime | None


@dataclass(slots=True)
class Moment:
    minute: datetime
    closed: dict[Shift, Closed]
    """What is known of closed shifts; handed on from minute to minute."""
    _open: dict[Shift, bool] = field(default_factory=dict)
    _windows: dict[tuple[WindowKind, ZoneInfo], Window] = field(default_factory=dict)
    _caps: dict[int, tuple[CapCheck, ...]] = field(default_factory=dict)
    _keys: dict[int, tuple[CapKey, ...]] = field(default_factory=dict)

    def at(self, minute: datetime) -> "Moment":
        """Another minute, with what is still true in it: closed shifts, and windows and caps while none of the windows ended."""
        if not all(minute in running for running in self._windows.values()):
            return Moment(minute, self.closed)
        return Moment(minute, self.closed, _windows=dict(self._windows), _caps=dict(self._caps), _keys=dict(self._keys))

    def closing(self, shift: Shift) -> Closed | None:
        """None when the shift is open in this minute."""
        known = self._open.get(shift)
        if known is None:
            known = self._open[shift] = self._looks_open(shift)
        return None if known else self.closed[shift]

    def _looks_open(self, shift: Shift) -> bool:
        kept = self.closed.get(shift)
        if kept is not None and kept.since <= self.minute < (kept.opens or kept.since + DAY):
            return False
        if is_open(shift.hours, shift.closed_dates, shift.zone, self.minute):
            return True
        self.closed[shift] = Closed(self.minute, next_opening(shift.hours, shift.closed_dates, shift.zone, self.minute))
        return False

    def window(self, kind: WindowKind, zone: ZoneInfo) -> Window:
        found = self._windows.get((kind, zone))
        if found is None:
            found = self._windows[kind, zone] = window(kind, zone, self.minute)
        return found

    def caps(self, account: Account, client: Client) -> tuple[CapCheck, ...]:
        """The client's limits, then the account's own; all count in the client's zone."""
        found = self._caps.get(account.id)
        if found is None:
            own = self._checks(Scope.ACCOUNT, account.id, account.caps, client.zone)
            found = self._caps[account.id] = (*self._checks(Scope.CLIENT, client.id, client.caps, client.zone), *own)
        return found

    def keys(self, lead_type: int, accounts: Iterable[tuple[Account, Client]]) -> tuple[CapKey, ...]:
        """The counters of the accounts that take leads of the type, each once."""
        found = self._keys.get(lead_type)
        if found is None:
            every = (check.key for account, client in accounts for check in self.caps(account, client))
            found = self._keys[lead_type] = tuple(dict.fromkeys(every))
        return found

    def _checks(self, scope: Scope, owner: int, caps: tuple[Cap, ...], zone: ZoneInfo) -> tuple[CapCheck, ...]:
        return tuple(
            CapCheck(
                CapKey(scope, owner, cap.kind, self.window(cap.kind.window, zone).start),
                None if cap.kind.is_budget else cap.limit - 1,
                cap.limit,
                scope is Scope.ACCOUNT,
                CAP_REASONS[cap.kind],
                zone,
            )
            for cap in sorted(caps, key=lambda cap: _ORDER[cap.kind])
        )
