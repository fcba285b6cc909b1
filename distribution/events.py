"""What happens to deliveries and methods, said in a sentence."""

from collections.abc import Callable

from leads.events import says
from leads.models import Event

WHY = {
    "refused": "the client does not want it",
    "client_duplicate": "the client has it already",
    "not_now": "the client does not take it now",
    "not_reached": "the client could not be reached",
    "config_error": "the delivery method is not set up as the client needs it",
    "in_doubt": "the client may have taken it, and did not say so",
    "answer_after_doubt": "the client said no after an attempt that it may have taken",
    "circuit_open": "the delivery method was paused for too long",
    "method_off": "the delivery method was switched off for too long",
    "suppressed": "the person asked not to be contacted, or was erased",
    "lease_lost": "ten workers were lost over it",
}
"""The reason kept on a delivery, in words; also for its page and its list."""


def why(reason: str) -> str:
    """Say a delivery's reason in words."""
    return WHY.get(reason, reason.replace("_", " "))


def _told(text: str) -> Callable[[Event], str]:
    def say(event: Event) -> str:
        reason = event.data.get("reason", "")
        return f"{text}: {why(reason)}." if reason else f"{text}."

    return say


def _paused(event: Event) -> str:
    return f"The delivery method was paused until {event.data.get('until', 'later')}: {event.data.get('reason', 'failures in a row')}."


says(
    {
        "delivery.accepted": "Delivered and accepted.",
        "delivery.attempted": _told("Tried, and to be tried again"),
        "delivery.rejected": _told("Refused by the client"),
        "delivery.failed": _told("Not delivered"),
        "delivery.cancelled": _told("Cancelled, nothing was sent"),
        "delivery.unknown": _told("In doubt, a person must decide"),
        "method.paused": _paused,
        "method.resumed": "The pause of the delivery method was ended by hand.",
        "method.tested": "The delivery method was tested with a test lead.",
    }
)
