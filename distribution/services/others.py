"""Everything that goes neither by webhook nor by mail: portals, files, and copies by further methods; drained side by side."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from clients.enums import MethodKind
from distribution.enums import OPEN_STATES
from distribution.models import Delivery, DeliveryCopy
from distribution.services.copies import CopyFlights
from distribution.services.deliver import Drain
from distribution.services.files import FileFlights, oldest_file
from leads.clock import database_now

type Part = Drain | FileFlights | CopyFlights


class Others:
    """What this process has under way of them."""

    def __init__(self, *, clock: Callable[[], datetime] = database_now) -> None:
        self.parts: tuple[Part, ...] = (Drain(kind=MethodKind.PORTAL, clock=clock), FileFlights(clock=clock), CopyFlights(clock=clock))

    def run(self, *, seconds: float) -> int:
        """Give each its share of the time; what is under way then is not awaited."""
        return sum(part.run(seconds=seconds / len(self.parts)) for part in self.parts)

    def collect_all(self) -> None:
        for part in self.parts:
            part.collect_all()


def drain_the_others(*, seconds: float, clock: Callable[[], datetime] = database_now) -> int:
    """Send what is due; what is under way when the time is up is awaited: each exchange has its own limit."""
    others = Others(clock=clock)
    claimed = others.run(seconds=seconds)
    others.collect_all()
    return claimed


def oldest_of_others(deliveries: QuerySet[Delivery], *, now: datetime) -> datetime | None:
    """Since when the oldest of them is due; `deliveries` are those that are due and whose method runs."""
    portal = deliveries.filter(method__kind=MethodKind.PORTAL).order_by("due_at").values_list("due_at", flat=True).first()
    copies = DeliveryCopy.objects.filter(state__in=OPEN_STATES, due_at__lte=now, method__is_enabled=True, method__archived_at=None)
    waiting = copies.exclude(lease_until__gte=now).exclude(method__paused_until__gt=now)
    copy = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    found = [since for since in (portal, copy, oldest_file(now=now)) if since is not None]
    return min(found, default=None)
