"""Why a pull brought nothing and why a push found nobody: codes, and the one place where they are said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

EMPTY = (
    "nothing_queued",
    "no_strategy",
    "calling_hours",
    "cooling",
    "held",
    "other_user_next",
    "exhausted",
    "no_location",
    "holding_limit",
    "attempt_limit_24h",
)
"""Reasons of an empty pull; of equal counts the earlier one is told."""

WORDS: Mapping[str, str] = {
    "nothing_queued": "No lead is in your queues.",
    "no_strategy": "You are on no pull strategy. Your manager can add you to one.",
    "calling_hours": "Leads wait for calling hours.",
    "cooling": "Leads cool down after their last attempt.",
    "held": "Others hold the leads at this moment, or will call them back.",
    "other_user_next": "You held these leads last: somebody else gets them next.",
    "exhausted": "The leads have had all their attempts.",
    "no_location": "It is not known where these leads are, so nobody may call them.",
    "holding_limit": "You hold a lead already. Pick its outcome or release it first.",
    "attempt_limit_24h": "The leads have had as many attempts as their state allows in 24 hours.",
    # push
    "not_active": "not active now",
    "limit_hour": "has had its leads for this hour",
    "limit_day": "has had its leads for this day",
    "open_leads": "has as many open leads as allowed",
    "weight_missing": "has no share",
    "nobody": "has nobody in it",
    "off": "The strategy is off.",
    "criteria": "The lead does not match.",
    "from": "The lead belongs to another part of the company.",
    "nobody_available": "Nobody was available.",
    "no_strategies": "No strategy is set up.",
    "suppressed": "The person is on the suppression list.",
    # outcomes and transfers
    "not_held": "You do not have this lead any more.",
    "callback_needed": "Give the date and the time of the callback.",
    "callback_past": "The callback lies in the past. Choose a later time.",
    "callback_hours": "The lead may not be called then. Choose a time inside its calling hours.",
    "changed": "The lead changed meanwhile. Look at it again.",
    "transfer_to_one": "Say one user or one branch, not both.",
    "outside_hours": "The lead may not be called now: it is outside its calling hours.",
    "already_picked": "An outcome was picked for this lead already.",
    "too_late": "It is too late to take the outcome back.",
}


def sentence(code: str) -> str:
    """The code in words; a code without words is shown as it is."""
    return WORDS.get(code, code)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many leads wait for a reason, and when the first of them stops to."""

    count: int
    first_at: datetime | None = None
    where: str = ""
    """The zone in which `first_at` is told."""


def commonest(waiting: Mapping[str, Waiting]) -> str:
    """The reason of most leads; `nothing_queued` when there are none."""
    counted = {reason: waiting[reason].count for reason in EMPTY if reason in waiting and waiting[reason].count}
    return max(counted, key=lambda reason: counted[reason], default="nothing_queued")
