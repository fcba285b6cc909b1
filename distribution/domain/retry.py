"""What follows from one attempt (spec: delivery.md, Answers, Retries, In doubt): the schedule, the budget, the taint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WAITS = (10, 30, 120)
"""Seconds before the first, second and third repeat; every further one waits as long as the third."""
JITTER = 0.2
LONGEST_RETRY_AFTER = 3600


class Outcome(StrEnum):
    """What one attempt came to."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    """Nothing reached the client: no address, no connection, no TLS."""
    NOT_TAKEN = "not_taken"
    """The client said "not now"."""
    CONFIG_ERROR = "config_error"
    IN_DOUBT = "in_doubt"
    """The client may have taken the lead."""


class Next(StrEnum):
    """The state that the delivery goes to; `queued` is a repeat."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    QUEUED = "queued"


class Why(StrEnum):
    """The reason kept on the delivery with its state."""

    NONE = ""
    REFUSED = "refused"
    CLIENT_DUPLICATE = "client_duplicate"
    NOT_NOW = "not_now"
    NOT_REACHED = "not_reached"
    CONFIG_ERROR = "config_error"
    IN_DOUBT = "in_doubt"
    AFTER_DOUBT = "answer_after_doubt"
    CIRCUIT_OPEN = "circuit_open"
    METHOD_OFF = "method_off"
    SUPPRESSED = "suppressed"
    LEASE_LOST = "lease_lost"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Case:
    """The delivery as the attempt found it. `attempts` counts this one; times in seconds."""

    attempts: int
    is_tainted: bool
    first_attempt_at: datetime
    budget_seconds: int
    retries: int = 3
    recognises_repeats: bool = True

    @property
    def ends(self) -> datetime:
        return self.first_attempt_at + timedelta(seconds=self.budget_seconds)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the delivery goes. `due_at` stands with `queued` only."""

    next: Next
    why: Why
    is_tainted: bool
    due_at: datetime | None = None


def next_attempt_at(attempts: int, now: datetime, *, retry_after: float | None, jitter_unit: float) -> datetime:
    """When to try again after `attempts` tries. `jitter_unit` in [0, 1) spreads the wait by a fifth both ways.

    `retry_after` (seconds, as the client asked) is held to between a second and an hour and never shortens the wait.
    """
    wait = WAITS[min(attempts, len(WAITS)) - 1] * (1 - JITTER + 2 * JITTER * jitter_unit)
    asked = min(max(retry_after, 1.0), LONGEST_RETRY_AFTER) if retry_after is not None else 0.0
    return now + timedelta(seconds=max(wait, asked))


def what_follows(outcome: Outcome, case: Case, now: datetime, *, retry_after: float | None = None, jitter_unit: float = 0.5) -> Verdict:
    """Decide over one attempt. A tainted delivery ends accepted or unknown, never refused and never at another client."""
    if outcome is Outcome.ACCEPTED:
        return Verdict(Next.ACCEPTED, Why.NONE, case.is_tainted)
    is_tainted = case.is_tainted or outcome is Outcome.IN_DOUBT
    due_at = next_attempt_at(case.attempts, now, retry_after=retry_after, jitter_unit=jitter_unit)
    if outcome in REPEATED and due_at <= case.ends and _may_repeat(outcome, case, is_tainted=is_tainted):
        return Verdict(Next.QUEUED, WHY[outcome], is_tainted, due_at)
    if is_tainted:
        return Verdict(Next.UNKNOWN, Why.IN_DOUBT if outcome in REPEATED else Why.AFTER_DOUBT, is_tainted=True)
    return Verdict(Next.REJECTED if outcome is Outcome.REJECTED else Next.FAILED, WHY[outcome], is_tainted=False)


REPEATED = (Outcome.NOT_SENT, Outcome.NOT_TAKEN, Outcome.IN_DOUBT)
WHY = {
    Outcome.REJECTED: Why.REFUSED,
    Outcome.NOT_SENT: Why.NOT_REACHED,
    Outcome.NOT_TAKEN: Why.NOT_NOW,
    Outcome.CONFIG_ERROR: Why.CONFIG_ERROR,
    Outcome.IN_DOUBT: Why.IN_DOUBT,
}


def _may_repeat(outcome: Outcome, case: Case, *, is_tainted: bool) -> bool:
    """Before any doubt the number of retries counts; in doubt only the budget, and whether the client knows a repeat."""
    if is_tainted:
        return case.recognises_repeats
    return case.attempts <= case.retries
