"""What stands on Home, by role."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from distribution.attention import notices
from distribution.firststeps import first_steps
from distribution.reports import Days, client_report, figures, hours
from distribution.reports.floor import speed_to_lead
from leads.clock import database_now
from leads.viewer import person_of, viewer
from pullqueue.floor.board import TONES, look_at_floor, parts
from pullqueue.floor.counts import count_floor
from pullqueue.floor.people import crew
from pullqueue.floor.scope import scope_of


def home_context(request: HttpRequest) -> dict[str, Any]:
    """Company figures for who manages the company; the floor of their branch, without money, for who manages one."""
    now = database_now()
    days = Days.at(now, viewer().company_zone)
    told: dict[str, Any] = {
        "days": days,
        "weekday": f"{days.local:%A}",
        "day": f"{days.local:%A, %-d %B}",
        "clock": f"{days.local:%H:%M}",
        "zone_name": _name(viewer().company_zone.key),
    }
    told |= _floor(request, days, now)
    if not request.user.has_perm("distribution.view_report"):
        return told | {"branch": person_of(request).branch}
    return told | {
        "steps": first_steps() if request.user.has_perm("leads.change_company") else [],
        "figures": figures(days),
        "hours": hours(days),
        "notices": notices(now=now),
        "report": client_report(days),
    }


def _floor(request: HttpRequest, days: Days, now: datetime) -> dict[str, Any]:
    """The queue by place, who is at work, and how soon people were called: of all, or of the branch and those below."""
    by, scope = person_of(request), scope_of(request.user)
    places = parts(count_floor(look_at_floor(), scope, (), now=now).total, TONES)
    return {
        "places": [part for part in places if part.leads],
        "crew": crew(by, now=now),
        "speed": speed_to_lead(days.today, scope.branches),
        "speed_before": speed_to_lead(days.then, scope.branches),
    }


def _name(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
