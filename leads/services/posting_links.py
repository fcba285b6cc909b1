"""Links to a campaign's posting instructions: made, and revoked."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.models import Campaign, PostingLink
from leads.services.events import record


def create_link(*, campaign: Campaign, by: Any, now: datetime) -> PostingLink:
    with transaction.atomic():
        link = PostingLink.objects.create(campaign=campaign, created=now, created_by=by)
        record(kind="link.created", at=now, by=by, about=f"campaign:{campaign.pk}", link=str(link))
    return link


def revoke_link(*, link: PostingLink, by: Any, now: datetime) -> bool:
    """Take the page away from the next request on; False when it already was."""
    with transaction.atomic():
        revoked = PostingLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now)
        if revoked:
            record(kind="link.revoked", at=now, by=by, about=f"campaign:{link.campaign_id}", link=str(link))
    return bool(revoked)
