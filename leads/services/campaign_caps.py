"""How many leads a campaign may still take, in calendar windows of the company's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from leads.domain.windows import WindowKind, window
from leads.enums import CapScope
from leads.models import Campaign, CapWindow, Company
from leads.services.caps import Use, reserve_windows


def is_capped(campaign: Campaign) -> bool:
    return any(getattr(campaign, f"cap_{kind}") is not None for kind in WindowKind)


def take_places(campaign: Campaign, wanted: int, *, now: datetime) -> int:
    """Reserve up to `wanted` places in every window of the campaign and return how many it got. Exact, whoever else asks."""
    limits = [(kind, limit) for kind in WindowKind if (limit := getattr(campaign, f"cap_{kind}")) is not None]
    if not wanted or not limits:
        return wanted
    zone = ZoneInfo(Company.current().time_zone)
    starts = [(kind, window(kind, zone, now).start, limit) for kind, limit in limits]
    if _reserve(campaign, starts, wanted):
        return wanted
    if wanted == 1:
        return 0
    taken = 0
    while _reserve(campaign, starts, 1):
        taken += 1
    return taken


def _reserve(campaign: Campaign, starts: list[tuple[WindowKind, datetime, int]], amount: int) -> bool:
    uses = [Use(CapScope.CAMPAIGN, campaign.pk, kind, start, amount, limit) for kind, start, limit in starts]
    return reserve_windows(uses) is not None


def places_left(campaign: Campaign, *, now: datetime) -> int | None:
    """How many more leads the campaign would take now; None without limits. Nothing is reserved."""
    limits = [(kind, limit) for kind in WindowKind if (limit := getattr(campaign, f"cap_{kind}")) is not None]
    if not limits:
        return None
    zone = ZoneInfo(Company.current().time_zone)
    starts = {kind: window(kind, zone, now).start for kind, _ in limits}
    counted = CapWindow.objects.filter(scope=CapScope.CAMPAIGN, scope_id=campaign.pk, start__in=starts.values())
    used = {(row.kind, row.start): int(row.used) for row in counted}
    least: int = min(limit - used.get((kind.value, starts[kind]), 0) for kind, limit in limits)
    return max(least, 0)
