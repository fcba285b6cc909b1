"""What stands on Home, by role."""

from typing import Any

from django.http import HttpRequest

from distribution.attention import notices
from distribution.firststeps import first_steps
from distribution.reports import Days, client_report, figures, hours
from leads.clock import database_now
from leads.models import Lead
from leads.viewer import person_of, viewer
from pullqueue.models import User


def home_context(request: HttpRequest) -> dict[str, Any]:
    """Company figures for who manages the company; people and leads of their branch, without money, for who manages one."""
    now = database_now()
    days = Days.at(now, viewer().company_zone)
    told: dict[str, Any] = {
        "days": days,
        "weekday": f"{days.local:%A}",
        "day": f"{days.local:%A, %-d %B}",
        "clock": f"{days.local:%H:%M}",
        "zone_name": _name(viewer().company_zone.key),
    }
    if not request.user.has_perm("distribution.view_report"):
        return told | {
            "people": User.objects.visible_to(request.user).filter(is_active=True).count(),
            "leads": Lead.objects.visible_to(request.user).count(),
            "branch": person_of(request).branch,
        }
    return told | {
        "steps": first_steps() if request.user.has_perm("leads.change_company") else [],
        "figures": figures(days),
        "hours": hours(days),
        "notices": notices(now=now),
        "report": client_report(days),
    }


def _name(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
