"""Which leads a backtest runs over, and whose settings: what is posted, read strictly."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms

from distribution.services.backtest import KIND, MOST, USUAL
from leads.models import Job
from leads.viewer import viewer

TOO_MANY = f"Use a whole number from 1 to {MOST:,}."


class Leads(forms.Form):
    """The last so many leads; with days, the last so many of those days. Days are the viewer's."""

    count = forms.IntegerField(
        min_value=1,
        max_value=MOST,
        initial=USUAL,
        label="Leads at most",
        help_text="The newest of them.",
        error_messages={"min_value": TOO_MANY, "max_value": TOO_MANY, "invalid": TOO_MANY},
    )
    since = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}), label="Received from", help_text="Empty for any day.")
    until = forms.DateField(
        required=False, widget=forms.DateInput({"type": "date"}), label="Received to", help_text="That day is taken in."
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or {}
        since, until = chosen.get("since"), chosen.get("until")
        if since and until and until < since:
            self.add_error("until", "Use a day that is not before the first one.")
        return chosen

    @property
    def chosen(self) -> dict[str, Any]:
        """What `start_backtest` is told."""
        data = self.cleaned_data
        until = data.get("until")
        return {
            "count": data["count"],
            "since": _midnight(data["since"]) if data.get("since") else None,
            "until": _midnight(until + timedelta(days=1)) if until else None,
        }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=viewer().zone)


def backtest_job(pk: UUID) -> Job | None:
    return Job.objects.filter(pk=pk, kind=KIND).select_related("by").first()


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
