"""Says what is known of one offer beside the trace: how its tries went, and what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from distribution.domain.words import count, ordinal


class Try(NamedTuple):
    """One attempt: when it began, what it came to (`accepted`, `not_taken` ...), and the status that was answered."""

    started: datetime
    outcome: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An offer that is not answered yet. Times are aware; they are told as the clocks of `zone` show them."""

    now: datetime
    zone: ZoneInfo
    state: str
    """`queued` or `sending`."""
    since: datetime
    due_at: datetime | None = None
    hold_until: datetime | None = None
    paused_until: datetime | None = None
    is_off: bool = False
    """The delivery method is switched off."""
    last: Try | None = None


def waiting_said(waiting: Waiting) -> str:
    """What an open offer waits for, such as "The try of 14:02:10 was answered 503; the next is at 14:02:40, in 30 seconds."."""
    now, zone = waiting.now, waiting.zone
    if waiting.state == "sending":
        return f"Its answer is awaited since {clock(waiting.since, zone, now)}."
    if waiting.hold_until is not None and waiting.hold_until > now:
        return f"It is held until {clock(waiting.hold_until, zone, now)}, when the account opens; its place is kept."
    if waiting.is_off:
        return "Its delivery method is switched off; after the time budget the lead goes on."
    if waiting.paused_until is not None and waiting.paused_until > now:
        return f"Its delivery method is paused after failures until {clock(waiting.paused_until, zone, now)}; its place is kept."
    if waiting.last is not None and waiting.due_at is not None:
        following = "the next goes out now"
        if waiting.due_at > now:
            following = f"the next is at {clock(waiting.due_at, zone, now)}, in {lasting(waiting.due_at - now)}; its place is kept"
        return f"The try of {clock(waiting.last.started, zone, now)} {outcome_said(waiting.last)}; {following}."
    return f"It is to be sent since {clock(waiting.due_at or waiting.since, zone, now)}."


def ping_said(who: str, verdict: str, *, bid: str = "", message: str = "", took: timedelta | None = None) -> str:
    """What came of a ping, such as "Bluewater bid $31.55 when it was asked; it answered after 120 ms."."""
    after = "" if not took else f"; it answered after {round(took.total_seconds() * 1000):,} ms"
    if verdict == "accepted":
        return f"{who} {f'bid {bid}' if bid else 'would buy at the price of its account'} when it was asked{after}."
    why = f": {message.rstrip('.')}" if message else ""
    if verdict == "rejected":
        return f"{who} refused the ping{why}{after}."
    return f"{who} gave no usable answer to the ping{why}."


def tries_said(tries: Sequence[Try]) -> str:
    """How an offer with several tries went, such as "It took 2 tries: the first was answered 503, the last came 31 seconds later."."""
    if len(tries) < 2:
        return ""
    first, last = tries[0], tries[-1]
    before = f"the first {outcome_said(first)}"
    if len(tries) > 2:
        kinds = {outcome_said(one) for one in tries[:-1]}
        before = f"the first {count(len(tries) - 1)} {plural_said(first)}" if len(kinds) == 1 else f"{before}, the {_last_before(tries)}"
    return f"It took {count(len(tries))} tries: {before}, the last came {lasting(last.started - first.started)} after the first."


def _last_before(tries: Sequence[Try]) -> str:
    return f"{ordinal(len(tries) - 1)} {outcome_said(tries[-2])}"


def outcome_said(one: Try) -> str:
    """What became of a try, to go after its name: "was answered 503", "did not get through"."""
    if one.status is not None and one.outcome in ("not_taken", "in_doubt", "config_error"):
        return f"was answered {one.status}"
    return TRIES.get(one.outcome, one.outcome)


def plural_said(one: Try) -> str:
    return outcome_said(one).replace("was ", "were ", 1)


TRIES: dict[str, str] = {
    "accepted": "was accepted",
    "rejected": "was refused",
    "not_sent": "did not get through",
    "not_taken": "was not taken",
    "config_error": "was refused as wrongly set up",
    "in_doubt": "was left in doubt",
}


def lasting(span: timedelta) -> str:
    """A span as people say it: "31 seconds", "2 minutes", "3 hours", "4 days"; below a second "no time"."""
    seconds = round(span.total_seconds())
    if seconds < 1:
        return "less than a second"
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} second{'s' if seconds > 1 else ''}"


def clock(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The time as the zone's clocks show it: "14:02:10" today, "Thu 08:00" within six days, "16 Jul 08:00" beyond."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%a %H:%M}" if abs(local - today) < timedelta(days=6) else f"{local.day} {local:%b %H:%M}"
