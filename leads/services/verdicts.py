"""What intake would say of a lead, without taking it: nothing is locked, counted or written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from leads.domain.intake import FieldError
from leads.domain.windows import WindowKind, window
from leads.enums import CampaignStatus, CapScope, DuplicateAgainst, LeadOutcome, LeadStatus
from leads.models import Campaign, CapWindow, Company
from leads.queries import KNOWN, Known, Original, known_of
from leads.services.drafts import Arrival, Draft, draft
from leads.services.lead_types import spec_of
from leads.services.receive import FULL


@dataclass(frozen=True, slots=True)
class Verdict:
    """A lead in memory as it would be kept, and what would be said of it."""

    draft: Draft
    status: LeadStatus
    errors: tuple[FieldError, ...] = ()
    original: Original | None = None
    """Of a duplicate."""


def verdict(*, campaign: Campaign, fields: Mapping[str, object], now: datetime, is_test: bool = False) -> Verdict:
    """Judge a lead as `receive_lead` would at `now`; somebody may come between and change the answer."""
    one = draft(Arrival(fields, is_test=is_test), campaign, spec_of(campaign.lead_type), now=now)
    known = _known(one, campaign, now=now)
    original = next((known.originals[digest] for digest in one.prints if digest in known.originals), None)
    if one.errors:
        return Verdict(one, LeadStatus.REJECTED, one.errors)
    if any(digest in known.suppressed for digest in one.people):
        return Verdict(one, LeadStatus.SUPPRESSED)
    if original is not None:
        return Verdict(one, LeadStatus.DUPLICATE, original=original)
    if not one.lead.is_test and is_full(campaign, now=now):
        return Verdict(one, LeadStatus.REJECTED, (FULL,))
    lead = one.lead
    lead.status, lead.outcome, lead.routes_left, lead.cost = LeadStatus.ACCEPTED, LeadOutcome.PENDING, [*campaign.routes], campaign.cost
    return Verdict(one, LeadStatus.ACCEPTED)


def _known(one: Draft, campaign: Campaign, *, now: datetime) -> Known:
    kind = campaign.lead_type
    hours = kind.duplicate_hours if campaign.duplicate_hours is None else campaign.duplicate_hours
    accepted_only = kind.duplicate_against == DuplicateAgainst.ACCEPTED
    words: list[Any] = [[*one.people.values()], [*one.people], [*one.prints] if hours else [], now - timedelta(hours=hours), accepted_only]
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, words)
        return known_of(cursor.fetchall())


def is_full(campaign: Campaign, *, now: datetime) -> bool:
    """Whether a window of the campaign has no place left for one more lead."""
    if campaign.status != CampaignStatus.ACTIVE:
        return True
    limits = [(kind, limit) for kind in WindowKind if (limit := getattr(campaign, f"cap_{kind}")) is not None]
    if not limits:
        return False
    zone = ZoneInfo(Company.current().time_zone)
    counted = CapWindow.objects.filter(scope=CapScope.CAMPAIGN, scope_id=campaign.pk)
    used = {(row.kind, row.start): row.used for row in counted.filter(start__in=[window(kind, zone, now).start for kind, _ in limits])}
    return any(used.get((kind.value, window(kind, zone, now).start), 0) >= limit for kind, limit in limits)
