"""Who looks at a page: the zone their times are shown in, and the company's name and currency. One query a page."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from leads.models import Company

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Viewer:
    """`zone` is the viewer's own, `company_zone` the one money and days are counted in."""

    company: str = "My company"
    currency: str = "USD"
    zone: ZoneInfo = UTC
    company_zone: ZoneInfo = UTC

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def company_zone_day(self, at: datetime) -> date:
        """The company's day that the instant falls on."""
        return at.astimezone(self.company_zone).date()

    @property
    def zone_name(self) -> str:
        return said_zone(self.zone)


def said_zone(zone: ZoneInfo) -> str:
    """Speak of a zone as people do: "New York time"."""
    return f"{zone.key.rpartition('/')[2].replace('_', ' ')} time"


_present: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def person_of(request: HttpRequest) -> Any:
    """Return who is signed in, as the user model that the views behind a sign-in may rely on."""
    return request.user


def viewer_of(user: Any) -> Viewer:
    """Read the company and the person's zone; who has none sees the company's."""
    company = Company.current()
    own = getattr(user, "time_zone", "")
    zone = ZoneInfo(company.time_zone)
    return Viewer(company.name, company.currency, ZoneInfo(own) if own else zone, zone)


def look_as(viewer: Viewer | None) -> None:
    _present.set(viewer)


def viewer() -> Viewer:
    """Return who looks at the page that is being made; a stranger outside of pages."""
    return _present.get() or Viewer()
