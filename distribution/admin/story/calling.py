"""Whether the lead may be called at this moment, by the hours of every place where it may be, in one sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from distribution.domain.explain_offer import clock
from leads.models import Lead
from leads.viewer import viewer
from pullqueue.domain.calling import closes_at, effective, may_call, opens_at
from pullqueue.hours import read_rules, spot_of


def calling_told(lead: Lead, *, now: datetime) -> str:
    """Return the sentence, with the time on the viewer's clock; empty for a lead without a number. Three queries."""
    if not lead.phone:
        return ""
    rules, spot = read_rules(), spot_of(lead.states, lead.zones)
    zone = viewer().zone
    if effective(rules, spot) is None:
        return "May not be called: nobody knows where it is."
    if may_call(rules, spot, now):
        until = closes_at(rules, spot, now)
        return f"May be called now, until {_clock(until, zone, now)} on your clock." if until else "May be called now."
    begins = opens_at(rules, spot, now)
    return (
        f"May not be called now. It may from {_clock(begins, zone, now)} on your clock." if begins else "May not be called within a year."
    )


def _clock(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """To the minute: hours of calling have no seconds."""
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else clock(at, zone, now)
