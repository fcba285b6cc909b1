"""Personal tokens for the staff API: 256 random bits, shown once, of which only the digest is kept."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from leads.models import PersonalToken
from leads.services.events import record
from leads.services.keys import digest_of

PREFIX = "sw_user_"
MOST_TOKENS = 20
"""That one person may have in use at once."""
USED_EVERY = timedelta(hours=1)


class TooManyTokens(Exception):
    """Whoever has that many does not know them all any more."""


def create_token(*, user: Any, name: str, now: datetime, expires_at: datetime | None = None) -> tuple[PersonalToken, str]:
    """Make a token and return it with its plain text, which nobody can ever see again. Raises TooManyTokens."""
    if PersonalToken.objects.usable(now).filter(user=user).count() >= MOST_TOKENS:
        raise TooManyTokens
    plain = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = PersonalToken.objects.create(
            user=user,
            name=name,
            prefix=plain[:12],
            last4=plain[-4:],
            digest=digest_of(plain),
            created=now,
            expires_at=expires_at,
        )
        record(kind="token.created", at=now, by=user, about=f"user:{user.pk}", token=str(token))
    return token, plain


def revoke_token(*, token: PersonalToken, by: Any, now: datetime) -> bool:
    """Make the token useless from the next request on; False when it already was."""
    with transaction.atomic():
        revoked = PersonalToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
        if revoked:
            record(kind="token.revoked", at=now, by=by, about=f"user:{token.user_id}", token=str(token))
    return bool(revoked)


def token_holder(*, plain: str, now: datetime) -> Any | None:
    """Return whose token it is, None for one that is unknown, revoked, expired, or of somebody switched off."""
    token = PersonalToken.objects.usable(now).filter(digest=digest_of(plain)).select_related("user__branch").first()
    if token is None:
        return None
    if token.used_at is None or token.used_at < now - USED_EVERY:
        PersonalToken.objects.filter(pk=token.pk).update(used_at=now)
    return token.user
