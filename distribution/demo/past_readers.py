"""What the sample buyers did with the mails of the past: told through the code that hears of real ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from distribution.enums import MailEventKind, Tracking
from distribution.models import Delivery
from distribution.services.track import News, is_tracked, note

STEPS: tuple[tuple[MailEventKind, str, float, float], ...] = (
    (MailEventKind.DELIVERED, "report", 0.98, 60),
    (MailEventKind.OPENED, "pixel", 0.7, 7200),
    (MailEventKind.CLICKED, "link", 0.45, 600),
)
"""What follows on what: who tells it, of how many mails that came this far, and within how many seconds."""


def read_past_mails(*, number: int, now: datetime) -> int:
    """Let the mails that arrived be delivered, opened and followed, none after `now`; return how many news there were."""
    dice = Random(f"{number} readers")  # noqa: S311 -- repeatable on purpose
    mails = list(Delivery.objects.filter(tracking=Tracking.SENT).order_by("number").select_related("method"))
    tracked = is_tracked([mail.pk for mail in mails])
    news = [one for mail in mails for one in _read(mail, dice) if mail.pk in tracked]
    return sum(note(one, now=one.at) for one in news if one.at is not None and one.at <= now)


def _read(mail: Delivery, dice: Random) -> Iterator[News]:
    """The same rolls for every mail, whatever comes of it."""
    at, goes_on = mail.finished_at, True
    for kind, source, share, seconds in STEPS:
        goes_on = (dice.random() < share) and goes_on
        wait = timedelta(seconds=3 + dice.random() * seconds)
        if goes_on and at is not None:
            at += wait
            yield News(mail.pk, kind, source, ("0",), at=at)
