"""Values of a lead corrected by a person, and leads judged anew: by the same judge and behind the same locks as at intake.

What intake said of an accepted lead is final: its values are mended, its place is found anew, and its duplicates are found by
its new values. A lead that intake did not accept is judged again as if it came now, and may be accepted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from leads.domain.intake import FieldError
from leads.enums import DuplicateAgainst, LeadOutcome, LeadStatus
from leads.locks import look_behind_locks
from leads.models import Campaign, Correction, Fingerprint, Lead
from leads.models.lead import STANDARD_COLUMNS
from leads.services.drafts import Arrival, Draft, draft
from leads.services.events import record
from leads.services.lead_types import spec_of
from leads.services.receive import CampaignShut, Origin, hours_of, refuse_unless_open, settle, write_anew
from leads.services.sent import Fields, corrected, fields_sent, stored

CHANNEL = "correction"
TOGETHER = 100
"""Leads that are judged anew in one transaction."""
LOCATES = frozenset({"zip", "state", "phone", "country", "latitude", "longitude"})
LOCATED = ("state", "latitude", "longitude", "zones", "states")


class StillWrong(Exception):
    """The corrected values are not right either; nothing was changed."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__()
        self.errors = tuple(errors)


class NothingChanged(Exception):
    """The values are as they were."""


class NotThere(Exception):
    """The lead is gone: its person's data were erased."""


@dataclass(slots=True)
class Judgement:
    """How many leads are what now; `shut` those whose campaign takes no leads, which stay as they are."""

    statuses: Counter[str]
    shut: int = 0


def values_of(lead: Lead) -> Fields:
    """Return the values that a person corrects: those in force of an accepted lead, those that were sent of any other."""
    return stored(lead) if lead.status == LeadStatus.ACCEPTED else fields_sent([lead])[lead.pk]


def correct_lead(*, lead_id: UUID, values: Mapping[str, Any], by: Any, now: datetime) -> Lead:
    """Change some of a lead's values, by the names of its fields; None takes one away. Returns the lead as it is then.

    Raises:
        StillWrong, NothingChanged, NotThere; CampaignShut: a lead that is judged anew is taken by an active campaign only.
    """
    with transaction.atomic():
        lead = next(iter(_locked([lead_id])), None)
        if lead is None:
            raise NotThere
        before = values_of(lead)
        changes = {name: value for name, value in values.items() if value != before.get(name)}
        if not changes:
            raise NothingChanged
        fresh = _fresh(lead, corrected(fields_sent([lead])[lead.pk], changes), now=now)
        _refuse_wrong(lead, fresh, changes)
        if lead.status == LeadStatus.ACCEPTED:
            changes = {name: value for name, value in changes.items() if _kept(fresh.lead, name) != _kept(lead, name)}
            if not changes:
                raise NothingChanged
        kept = Correction.objects.create(lead=lead, by=by, at=now, before={name: before.get(name) for name in changes}, after=dict(changes))
        record(kind="lead.corrected", at=now, lead=lead.pk, by=by, correction=kept.pk, fields=sorted(changes))
        if lead.status == LeadStatus.ACCEPTED:
            _mend(lead, fresh, changes, now=now)
        else:
            _take_anew([fresh], lead.campaign, by=by, now=now)
    return Lead.objects.select_related("campaign", "lead_type").get(pk=lead.pk)


def judge_anew(*, lead_ids: Iterable[UUID], by: Any, now: datetime) -> Judgement:
    """Judge those of the leads that are rejected once more, as sent and corrected since: by the rules that are in force now."""
    told = Judgement(Counter())
    wanted = Lead.objects.filter(pk__in=list(lead_ids), status=LeadStatus.REJECTED).order_by("campaign_id", "received_at", "pk")
    for _, group in groupby(wanted.values_list("campaign_id", "pk"), key=lambda row: row[0]):
        for some in batched((pk for _, pk in group), TOGETHER):
            with transaction.atomic():
                _judge_some(some, told, by=by, now=now)
    return told


def _judge_some(some: Sequence[UUID], told: Judgement, *, by: Any, now: datetime) -> None:
    leads = [lead for lead in _locked(some) if lead.status == LeadStatus.REJECTED]
    if not leads:
        return
    sent = fields_sent(leads)
    drafts = [_fresh(lead, sent[lead.pk], now=now) for lead in leads]
    try:
        _take_anew(drafts, leads[0].campaign, by=by, now=now)
    except CampaignShut:
        told.shut += len(leads)
    else:
        told.statuses.update(one.lead.status for one in drafts)


def _locked(ids: Sequence[UUID]) -> list[Lead]:
    rows = Lead.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).exclude(outcome=LeadOutcome.ERASED)
    return list(rows.select_related("campaign__lead_type", "campaign__source", "lead_type").order_by("pk"))


def _fresh(lead: Lead, fields: Fields, *, now: datetime) -> Draft:
    one = draft(Arrival(fields, is_test=lead.is_test), lead.campaign, spec_of(lead.campaign.lead_type), now=now)
    one.lead.id, one.lead.number, one.is_known = lead.pk, lead.number, True
    return one


def _refuse_wrong(lead: Lead, fresh: Draft, changes: Mapping[str, Any]) -> None:
    """An accepted lead was right by the rules of its time: only what is changed must be right by those of now."""
    errors = fresh.errors
    if lead.status == LeadStatus.ACCEPTED:
        errors = tuple(error for error in errors if error.field is None or error.field in changes)
    if errors:
        raise StillWrong(errors)


def _kept(lead: Lead, name: str) -> Any:
    return getattr(lead, name) if name in STANDARD_COLUMNS else lead.custom.get(name, lead.unmapped.get(name))


def _mend(lead: Lead, fresh: Draft, changes: Mapping[str, Any], *, now: datetime) -> None:
    names = [name for name in STANDARD_COLUMNS if name in changes]
    names += [name for name in LOCATED if name not in names and LOCATES & changes.keys()]
    for name in names:
        setattr(lead, name, getattr(fresh.lead, name))
    for name in changes.keys() - set(STANDARD_COLUMNS):
        _move(name, lead.custom, fresh.lead.custom)
        _move(name, lead.unmapped, fresh.lead.unmapped)
    Lead.objects.filter(pk=lead.pk).update(**{name: getattr(lead, name) for name in [*names, "custom", "unmapped"]})
    if not lead.is_test:
        _fingerprint(lead, fresh.prints, now=now)


def _move(name: str, kept: dict[str, Any], fresh: Mapping[str, Any]) -> None:
    kept.pop(name, None)
    if name in fresh:
        kept[name] = fresh[name]


def _fingerprint(lead: Lead, prints: Sequence[UUID], *, now: datetime) -> None:
    if set(prints) == set(lead.fingerprints.values_list("digest", flat=True)):
        return
    accepted_only = lead.lead_type.duplicate_against == DuplicateAgainst.ACCEPTED
    look_behind_locks([], prints, numbers=0, hours=hours_of(lead.campaign), accepted_only=accepted_only, now=now)
    lead.fingerprints.all().delete()
    Fingerprint.objects.bulk_create(Fingerprint(lead=lead, digest=digest, received_at=lead.received_at) for digest in prints)


def _take_anew(drafts: Sequence[Draft], campaign: Campaign, *, by: Any, now: datetime) -> None:
    refuse_unless_open(campaign)
    Fingerprint.objects.filter(lead__in=[one.lead.pk for one in drafts]).delete()
    settle(drafts, campaign, now=now)
    write_anew(drafts, Origin(CHANNEL, by=by))
