"""Second factors: an app that shows time-based codes (RFC 6238: SHA-1, 6 digits, 30 seconds), and codes for when it is lost."""

import base64
import hashlib
import os
import secrets
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction

from leads.services.events import record
from pullqueue.models import AccessRules, RecoveryCode, SecondFactor, User
from pullqueue.services.people import LETTERS

STEP_SECONDS = 30
DRIFT_STEPS = (0, -1, 1)
"""Clocks of telephones may be half a minute off."""
RECOVERY_CODES = 10


class NeedsFactor(Exception):
    """The person's role must have one."""


def begin_factor(*, user: User, now: datetime) -> SecondFactor:
    """Return the person's factor that waits for its first code; one that is in use stays as it is."""
    secret = base64.b32encode(os.urandom(20)).decode()
    factor, _ = SecondFactor.objects.get_or_create(user=user, defaults={"secret": secret, "created": now})
    return factor


def address_of(factor: SecondFactor, *, issuer: str) -> str:
    """Return what the QR code says to the app: an `otpauth://` address."""
    return _totp(factor).get_provisioning_uri(factor.user.username, issuer)


def confirm_factor(*, user: User, code: str, now: datetime) -> list[str] | None:
    """Put the factor into use by its first code; return the recovery codes, None for a wrong code."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        if factor is None or not _take(factor, code, now):
            return None
        factor.confirmed_at = now
        factor.save(update_fields=["confirmed_at", "last_step"])
        record(kind="factor.set_up", at=now, by=user, about=f"user:{user.pk}")
        return _give_codes(user)


def check_code(*, user: User, code: str, now: datetime) -> bool:
    """Whether the code is the app's present one, or an unused recovery code. Each is taken once."""
    typed = "".join(code.split()).replace("-", "").lower()[:40]
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
        if factor is None:
            return False
        if typed.isascii() and typed.isdigit():
            taken = _take(factor, typed, now)
            if taken:
                factor.save(update_fields=["last_step"])
            return taken
        used = RecoveryCode.objects.filter(user=user, digest=_digest(typed), used_at=None).update(used_at=now)
        if used:
            record(kind="factor.recovery_used", at=now, by=user, about=f"user:{user.pk}")
        return bool(used)


def new_codes(*, user: User, now: datetime) -> list[str]:
    """Make new recovery codes; the old ones end."""
    with transaction.atomic():
        record(kind="factor.codes_made", at=now, by=user, about=f"user:{user.pk}")
        return _give_codes(user)


def remove_factor(*, user: User, by: Any, now: datetime, note: str = "") -> bool:
    """Take the factor away: one's own, or by an administrator with a note. Raises NeedsFactor for one's own that the role must have."""
    if user.pk == by.pk and user.role in AccessRules.current().factor_roles:
        raise NeedsFactor
    with transaction.atomic():
        gone, _ = SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        if gone:
            kind = "factor.removed" if user.pk == by.pk else "factor.reset"
            data: dict[str, Any] = {"note": note[:200]} if note else {}
            record(kind=kind, at=now, by=by, about=f"user:{user.pk}", **data)
    return bool(gone)


def has_factor(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def lacks_factor(user: User) -> bool:
    """Whether the role must have one, and the person has none."""
    return user.role in AccessRules.current().factor_roles and not has_factor(user)


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.secret), 6, SHA1(), STEP_SECONDS)  # noqa: S303 -- what the apps know; RFC 6238


def _take(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Accept the code of this half minute or a neighbour, later than the last one taken."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return False
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present + drift for drift in DRIFT_STEPS):
        try:
            _totp(factor).verify(typed.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        if step > factor.last_step:
            factor.last_step = step
            return True
    return False


def _give_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(code.replace("-", ""))) for code in codes])
    return codes


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
