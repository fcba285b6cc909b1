"""Reports of mails that came back, posted to us or found in a mailbox."""

from datetime import datetime
from enum import StrEnum

import structlog
from django.conf import settings
from django.db import DatabaseError

from distribution.services.track import News, note
from distribution.transports.mail_reports import Report, Told, read_report
from distribution.transports.mailbox import read_mailbox

log = structlog.get_logger(__name__)


class Taken(StrEnum):
    """What became of a report."""

    NOTED = "noted"
    KNOWN = "known"
    NO_REPORT = "no_report"
    FORGED = "forged"


def take_report(raw: bytes, *, source: str, now: datetime, trusted_only: bool) -> Taken:
    """Note what a report tells. With `trusted_only` one that came to no signed return address is refused, else it is shown only."""
    report = read_report(raw)
    if report.delivery is None or (trusted_only and not report.is_verified):
        return Taken.FORGED if trusted_only else Taken.NO_REPORT
    if not report.told:
        return Taken.NO_REPORT
    noted = [note(_news(report, told, source), now=now) for told in report.told]
    return Taken.NOTED if any(noted) else Taken.KNOWN


def _news(report: Report, told: Told, source: str) -> News:
    assert report.delivery is not None  # noqa: S101 -- looked at before
    return News(
        delivery=report.delivery,
        kind=told.kind,
        source=source,
        key=(told.recipient, str(told.is_permanent), str(report.is_verified)),
        recipient=told.recipient,
        is_permanent=told.is_permanent,
        is_verified=report.is_verified,
        detail=told.detail,
    )


def read_bounces(*, now: datetime) -> int:
    """Read the mailbox of bounces, where one is set; return how many mails were taken. Raises MailboxProblem."""
    address = settings.MAIL_BOUNCE_MAILBOX
    return read_mailbox(address, lambda raw: _take(raw, now=now)) if address else 0


def _take(raw: bytes, *, now: datetime) -> bool:
    """One mail that cannot be understood stops no other; one that the database could not take is read again."""
    try:
        taken = take_report(raw, source="mailbox", now=now, trusted_only=False)
    except DatabaseError:
        log.warning("bounce.read_again")
        return False
    except (ValueError, LookupError, TypeError) as error:
        log.warning("bounce.unreadable", error=type(error).__name__)
        return True
    log.info("bounce.read", taken=taken.value)
    return True
