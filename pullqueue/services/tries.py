"""Wrong passwords and codes, counted in the database against guessing; a browser known to the account is counted by itself.

Ten for an account and fifty from an address in a quarter of an hour: then nobody gets in, except from a browser that the account
was signed in from before, so that strangers cannot lock an owner out.
"""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from pullqueue.models import FailedTry

WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT = 10
MOST_OF_ADDRESS = 50
KEPT = timedelta(days=1)


def too_many(*, account: str, address: str, device: str = "", now: datetime) -> bool:
    """Whether no further try is taken now. `device` is what a known browser shows, empty for others."""
    since = now - WINDOW
    if device:
        return FailedTry.objects.filter(account=_hash(f"{account}|{device}"), at__gt=since).count() >= MOST_OF_ACCOUNT
    if FailedTry.objects.filter(account=_hash(account), at__gt=since).count() >= MOST_OF_ACCOUNT:
        return True
    return FailedTry.objects.filter(address=_hash(address), at__gt=since).count() >= MOST_OF_ADDRESS


def count_failure(*, account: str, address: str, device: str = "", now: datetime) -> None:
    FailedTry.objects.create(at=now, account=_hash(f"{account}|{device}" if device else account), address=_hash(address))
    FailedTry.objects.filter(at__lt=now - KEPT).delete()


def forget_failures(*, account: str, address: str, device: str = "") -> None:
    """Somebody got in: from that address the account begins anew."""
    FailedTry.objects.filter(account=_hash(f"{account}|{device}" if device else account), address=_hash(address)).delete()


def _hash(text: str) -> bytes:
    return salted_hmac("pullqueue.failed_try", text.strip().lower()[:300], algorithm="sha256").digest()
