"""What is known of a mail only rises, and when a mail that came back was never delivered at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

STAGES = ("", "sent", "delivered", "opened", "clicked", "bounced")
"""Each knows more than the one before; a sale that a bounce reversed ends there."""


def below(stage: str) -> tuple[str, ...]:
    """Return the stages that a mail may rise from to this one."""
    return STAGES[: STAGES.index(stage)]


def highest(stages: Iterable[str]) -> str:
    """Return the highest stage, in whatever order the news came."""
    return max(stages, key=STAGES.index, default="")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back from one recipient."""

    recipient: str
    received: datetime
    is_permanent: bool
    is_verified: bool


def counts(bounce: Bounce, *, handed_over: datetime, hours: int) -> bool:
    """Whether a bounce may reverse a sale: permanent, verified, and in time."""
    return bounce.is_permanent and bounce.is_verified and bounce.received <= handed_over + timedelta(hours=hours)


def never_arrived(recipients: Iterable[str], bounces: Iterable[Bounce], *, handed_over: datetime, hours: int) -> bool:
    """Whether every recipient's mail came back so that it counts. Whom a mail to one address was forwarded to is that one."""
    asked = {one.casefold() for one in recipients}
    lost = {bounce.recipient.casefold() for bounce in bounces if counts(bounce, handed_over=handed_over, hours=hours)}
    return bool(lost) and (len(asked) <= 1 or asked <= lost)
