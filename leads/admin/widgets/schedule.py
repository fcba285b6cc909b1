"""Opening hours as a week to paint on, and closed dates as a list."""

from datetime import date
from typing import Any

from django.forms import Media
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from leads.admin.forms import CodeWidget

SCRIPTS = ["js/painter_hours.js", "js/painter.js", "js/painter_dates.js"]
SHEETS = {"all": ["css/painter.css"]}


class ScheduleWidget(CodeWidget):
    """`zone` is whose clock counts while the form's field `time_zone` is empty; None takes the company's."""

    def __init__(self, rows: int = 8) -> None:
        super().__init__(rows)
        self.zone: str | None = None

    @property
    def media(self) -> Media:
        return Media(css=dict(SHEETS), js=SCRIPTS)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        area = super().render(name, value, attrs, renderer)
        told = {"area": area, "zone": self.zone or "", "next_address": reverse("admin:schedule_next")}
        return render_to_string("leads/widgets/schedule.html", told)


class ClosedDatesWidget(UnfoldAdminTextInputWidget):
    """Dates with commas; the script makes them a list from which each can be taken."""

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, list):
            return ", ".join(day.isoformat() if isinstance(day, date) else str(day) for day in value)
        return super().format_value(value)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string("leads/widgets/closed_dates.html", {"text": super().render(name, value, attrs, renderer)})
