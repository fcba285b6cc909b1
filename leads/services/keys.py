"""Keys to post leads with: 256 random bits, shown once, of which only the digest is kept."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from leads.models import Campaign, CampaignKey, Event
from leads.services.events import record

PREFIX = "sw_live_"


def digest_of(plain: str) -> bytes:
    return sha256(plain.encode()).digest()


def create_key(*, campaign: Campaign, by: Any, name: str, now: datetime, expires_at: datetime | None = None) -> tuple[CampaignKey, str]:
    """Make a key and return it with its plain text, which nobody can ever see again."""
    plain = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = CampaignKey.objects.create(
            campaign=campaign,
            name=name,
            prefix=plain[:12],
            last4=plain[-4:],
            digest=digest_of(plain),
            created_by=by,
            expires_at=expires_at,
        )
        record(kind="key.created", at=now, by=by, about=_about(key), key=str(key))
    return key, plain


def revoke_key(*, key: CampaignKey, by: Any, now: datetime) -> bool:
    """Make the key useless from the next request on; False when it already was."""
    with transaction.atomic():
        revoked = CampaignKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
        if revoked:
            key.revoked_at = now
            record(kind="key.revoked", at=now, by=by, about=_about(key), key=str(key))
    return bool(revoked)


def report_leak(*, key: CampaignKey, now: datetime) -> None:
    """Tell the owner, once a key, that it was sent inside an address."""
    if not Event.objects.filter(kind="key.leaked", about=_about(key), data__key_id=key.pk).exists():
        record(kind="key.leaked", at=now, about=_about(key), key=str(key), key_id=key.pk)


def _about(key: CampaignKey) -> str:
    return f"campaign:{key.campaign_id}"
