"""Everything that goes neither by webhook nor by mail: portals, files, and copies by further methods; drained side by side."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from clients.enums import MethodKind
from distribution.enums import OPEN_STATES
from distribution.models import Delivery, DeliveryCopy
from distribution.services.claim import ANY_LIMIT
from distribution.services.copies import CopyFlights
from distribution.services.deliver import POLL_SECONDS, Drain
from distribution.services.files import FileFlights, oldest_file
from leads.clock import database_now

OTHERS_LOCK = 7_306
LOOK_SECONDS = 0.05

type Part = Drain | FileFlights | CopyFlights


class Others:
    """What this process has under way of them: begun and written down in turns, so that none waits for another kind."""

    def __init__(self, *, clock: Callable[[], datetime] = database_now) -> None:
        self.portals = Drain(kind=MethodKind.PORTAL, clock=clock)
        self.awaited: tuple[FileFlights | CopyFlights, ...] = (FileFlights(clock=clock), CopyFlights(clock=clock))
        self.parts: tuple[Part, ...] = (self.portals, *self.awaited)

    def run(self, *, seconds: float) -> int:
        """Claim and send for so long, or until nothing is due and nothing under way; what is under way then is not awaited."""
        ends, claimed = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            begun = self._begin()
            claimed += begun
            if not begun and not self.in_flight:
                break
            self._collect(begun, most=ends - time.monotonic())
        return claimed

    def see_home(self, *, seconds: float, meanwhile: Callable[[], object] | None = None) -> int:
        """Await what is under way; return how many were claimed meanwhile, for methods that do not keep us waiting.

        `seconds` is the longest that anything under way may take: nothing is begun that could last longer. `meanwhile` is
        called again and again while there is nothing to do but to wait.
        """
        ends, claimed = time.monotonic() + seconds, 0
        while self.in_flight:
            begun = self._begin(left=int(ends - time.monotonic()), besides=[method for part in self.awaited for method in part.aloft])
            claimed += begun
            if not begun and meanwhile is not None:
                meanwhile()
            self._collect(begun, most=POLL_SECONDS)
        return claimed

    @property
    def in_flight(self) -> int:
        return sum(part.in_flight for part in self.parts)

    def _begin(self, *, left: int = ANY_LIMIT, besides: Iterable[int] = ()) -> int:
        """Portals answer at once, whatever time is left."""
        begun = self.portals.begin() or 0
        return begun + (sum(part.begin(longest=left, besides=besides) for part in self.awaited) if left > 0 else 0)

    def _collect(self, begun: int, *, most: float) -> None:
        if not sum(part.collect() for part in self.parts) and not begun:
            time.sleep(max(min(LOOK_SECONDS, most), 0))


def drain_the_others(*, seconds: float, clock: Callable[[], datetime] = database_now, meanwhile: Callable[[], object] | None = None) -> int:
    """Send what is due; what is under way when the time is up is awaited: each exchange has its own limit.

    One process of all does so, so that servers that hang take the time of one worker and not of every one.
    """
    others = Others(clock=clock)
    if not _is_ours("pg_try_advisory_lock"):
        return 0
    try:
        return others.run(seconds=seconds) + others.see_home(seconds=settings.EXCHANGE_SECONDS, meanwhile=meanwhile)
    finally:
        _is_ours("pg_advisory_unlock")


def _is_ours(function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [OTHERS_LOCK])
        return bool(cursor.fetchone()[0])


def oldest_of_others(deliveries: QuerySet[Delivery], *, now: datetime) -> datetime | None:
    """Since when the oldest of them is due; `deliveries` are those that are due and whose method runs."""
    portal = deliveries.filter(method__kind=MethodKind.PORTAL).order_by("due_at").values_list("due_at", flat=True).first()
    copies = DeliveryCopy.objects.filter(state__in=OPEN_STATES, due_at__lte=now, method__is_enabled=True, method__archived_at=None)
    waiting = copies.exclude(lease_until__gte=now).exclude(method__paused_until__gt=now)
    copy = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    found = [since for since in (portal, copy, oldest_file(now=now)) if since is not None]
    return min(found, default=None)
