"""Choices of the distribution floor, and the groups of states that have a name."""

from django.db.models import TextChoices


class DeliveryState(TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    ACCEPTED = "accepted", "Sold"
    REJECTED = "rejected", "Refused"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "In doubt"
    CANCELLED = "cancelled", "Cancelled"
    RETURNED = "returned", "Returned"


OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.SENDING)
LIVE_STATES = (*OPEN_STATES, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
"""States that hold the lead: while one stands, no other delivery may take its place."""
FINAL_STATES = (
    DeliveryState.ACCEPTED,
    DeliveryState.REJECTED,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.CANCELLED,
    DeliveryState.RETURNED,
)


LOST_STATES = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.REJECTED)
"""A copy that came to nothing, or perhaps did: a person may have it sent again."""


class PingState(TextChoices):
    QUEUED = "queued", "To be asked"
    SENDING = "sending", "Asked"
    ANSWERED = "answered", "Answered"


class PingVerdict(TextChoices):
    """What a ping brought (see `domain.state.Ping`)."""

    ACCEPTED = "accepted", "Would buy"
    REJECTED = "rejected", "Refused"
    TIMEOUT = "timeout", "No usable answer"


class Tracking(TextChoices):
    """What is known of a mail; only rises."""

    NONE = "", "Nothing"
    SENT = "sent", "Handed over"
    DELIVERED = "delivered", "Delivered"
    OPENED = "opened", "Opened"
    CLICKED = "clicked", "Clicked"
    BOUNCED = "bounced", "Bounced"


class MailEventKind(TextChoices):
    """What may be heard of a mail after it was handed over; one vocabulary for providers, pixel, links and reports."""

    DELIVERED = "delivered", "Delivered"
    OPENED = "opened", "Opened"
    CLICKED = "clicked", "Link clicked"
    DEFERRED = "deferred", "Not yet delivered"
    BOUNCED = "bounced", "Came back"
    COMPLAINED = "complained", "Reported as spam"


class AttemptOutcome(TextChoices):
    """What one attempt came to (see delivery.md, Answers)."""

    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Refused"
    NOT_SENT = "not_sent", "Not sent"
    NOT_TAKEN = "not_taken", "Not taken"
    CONFIG_ERROR = "config_error", "Configuration error"
    IN_DOUBT = "in_doubt", "In doubt"


OFFERED_ANEW = "offered_anew"
"""The reason of a failed delivery that a person let be offered anew: it counts no more as an offer of its lead."""
