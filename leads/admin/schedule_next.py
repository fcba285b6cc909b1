"""What the schedule painter asks: what hours mean now, and when they open next."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from leads.clock import database_now
from leads.domain.hours import ScheduleError, is_open, next_opening, parse_schedule
from leads.menu import page
from leads.viewer import viewer

MOST_DATES = 2_000


@page(None, address="schedule/next/", name="schedule_next", permission="leads.view_lead")
@require_POST
def schedule_next(request: HttpRequest) -> HttpResponse:
    """Whether the hours are open, or the next opening, as a sentence; and the painter's cell that is now."""
    name = request.POST.get("zone", "").strip()
    if name and name not in available_timezones():
        return JsonResponse({"problem": "No such time zone. Write one such as America/Chicago."})
    zone = ZoneInfo(name) if name else viewer().company_zone
    try:
        hours = parse_schedule(json.loads(request.POST.get("schedule") or "null"))
        closed = _dates(request.POST.get("closed", ""))
    except ScheduleError as refused:
        return JsonResponse({"problem": str(refused)})
    except (ValueError, RecursionError):
        return JsonResponse({"problem": "This cannot be read as hours and dates."})
    now = database_now()
    local = now.astimezone(zone)
    opening = None if is_open(hours, closed, zone, now) else next_opening(hours, closed, zone, now)
    sentence = _sentence(open_now=is_open(hours, closed, zone, now), opening=opening and opening.astimezone(zone), local=local)
    return JsonResponse({"sentence": sentence, "weekday": local.weekday(), "hour": local.hour})


def _sentence(*, open_now: bool, opening: datetime | None, local: datetime) -> str:
    where = f"{str(local.tzinfo).rpartition('/')[2].replace('_', ' ')} time"
    if open_now:
        return f"Open now ({local:%a %-H:%M}, {where})."
    if opening is None:
        return f"Never open within the next year ({where})."
    year = f" {opening:%Y}" if opening.year != local.year else ""
    return f"Closed now. Opens next {opening:%a %-d %b}{year} at {opening:%-H:%M}, {where}."


def _dates(text: str) -> frozenset[date]:
    days = [part for part in text.replace(",", " ").split() if part]
    return frozenset(date.fromisoformat(day) for day in days[:MOST_DATES])
