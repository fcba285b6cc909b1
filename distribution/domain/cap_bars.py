"""Caps as bars: how much of each limit is used, reserved and left, and which limit is the tightest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from distribution.domain.market import CapKind

NEAR = Decimal("0.8")
"""From this part on a limit is shown as nearly used up."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CapBar:
    """One limit in its present window. Leads, or money for a budget.

    `used` holds everything that counts: sales, and places reserved by deliveries under way (`held`). `over` are sales that
    passed over the limit on purpose. Without a `limit` it only counts.
    """

    kind: CapKind
    limit: Decimal | None
    used: Decimal = ZERO
    held: Decimal = ZERO
    over: Decimal = ZERO
    reopens: datetime | None = None
    """When the window ends, None for a total."""

    @property
    def left(self) -> Decimal:
        return max((self.limit or ZERO) - self.used, ZERO)

    @property
    def fullness(self) -> Decimal:
        """The used part of the limit, 1 and above for one that is used up; a limit of 0 is always used up."""
        if self.limit is None:
            return ZERO
        return self.used / self.limit if self.limit else Decimal(1)

    @property
    def tone(self) -> str:
        """`full`, `near`, `none` without a limit, or nothing."""
        if self.limit is None:
            return "none"
        return "full" if self.fullness >= 1 else "near" if self.fullness >= NEAR else ""

    def _percent(self, part: Decimal) -> Decimal:
        whole = max(self.limit or ZERO, self.used)
        return (part * 100 / whole).quantize(Decimal("0.1")) if whole else ZERO

    @property
    def beyond(self) -> Decimal:
        """What lies above the limit, by sales over the cap or by a limit that was lowered."""
        return max(self.used - (self.limit or ZERO), ZERO) if self.limit is not None else ZERO

    @property
    def used_width(self) -> Decimal:
        """Percent of the bar that is filled; a limit of 0 fills it."""
        if self.limit == 0 and not self.used:
            return Decimal(100)
        return self._percent(max(self.used - self.held - self.beyond, ZERO))

    @property
    def held_width(self) -> Decimal:
        return self._percent(min(self.held, self.used))

    @property
    def beyond_width(self) -> Decimal:
        return self._percent(min(self.beyond, max(self.used - self.held, ZERO)))


def tightest(bars: Iterable[CapBar]) -> CapBar | None:
    """The limit that is used up most; of equal ones the shortest window, None when there is no limit."""
    limited = [bar for bar in bars if bar.limit is not None]
    return max(limited, key=lambda bar: bar.fullness) if limited else None
