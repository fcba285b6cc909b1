"""Choices of the sales floor, and the groups of places that have a name."""

from django.db.models import TextChoices


class Role(TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Manager"
    REP = "rep", "Sales rep"
    CLIENT = "client", "Client user"


class Place(TextChoices):
    """Where a lead kept in house is; always exactly one."""

    READY = "ready", "Ready"
    COOLING = "cooling", "Cooling down"
    HELD = "held", "Held"
    CALLBACK = "callback", "Callback"
    OWNED = "owned", "Owned"
    EXHAUSTED = "exhausted", "Exhausted"
    UNROUTED = "unrouted", "Unrouted"
    FINISHED = "finished", "Finished"


OPEN_PLACES = (Place.READY, Place.COOLING, Place.HELD, Place.CALLBACK)
"""Places of leads that are in the queue, or come back to it."""
RESTING_PLACES = (Place.READY, Place.EXHAUSTED, Place.UNROUTED, Place.FINISHED)
"""Places in which nothing happens by itself."""


class Ending(TextChoices):
    """How a lead left the floor."""

    WON = "won", "Won"
    LOST = "lost", "Lost"
    BAD_LEAD = "bad_lead", "Bad lead"
    DO_NOT_CALL = "do_not_call", "Do not call"
    SOLD = "sold", "Sold to a client"
    ERASED = "erased", "Erased"


class Then(TextChoices):
    """What follows a disposition."""

    RECYCLE = "recycle", "Back to the queue"
    CALLBACK = "callback", "Call back at a time"
    OWN = "own", "The user owns the lead"
    TRANSFER = "transfer", "To somebody else"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    BAD_LEAD = "bad_lead", "Bad lead"
    DO_NOT_CALL = "do_not_call", "Do not call again"


class PushMethod(TextChoices):
    ROUND_ROBIN = "round_robin", "Round robin"
    WEIGHTED = "weighted", "Weighted"


class ShareReset(TextChoices):
    """When shares of push recipients begin afresh."""

    DAY = "day", "Daily"
    WEEK = "week", "Every 7 days"
    MONTH = "month", "Every 30 days"
    NEVER = "never", "Never"


class PullSource(TextChoices):
    """Whose leads a pull strategy offers."""

    COMPANY = "company", "The company"
    BRANCH = "branch", "One branch"
    OWN_BRANCH = "own_branch", "The user's branch"
    PARENT_BRANCH = "parent_branch", "The branch above the user's"
    UNWORKED = "unworked", "Pushed, and not worked in time"


class Switch(TextChoices):
    """Whether a pull strategy is on for a user."""

    ON = "on", "Always on"
    OFF = "off", "Always off"
    CHOICE = "choice", "The user's choice"


class HoldEnd(TextChoices):
    DISPOSITION = "disposition", "Outcome picked"
    RELEASED = "released", "Released by the user"
    RAN_OUT = "ran_out", "Time ran out"
    MOVED = "moved", "Moved by a manager"
    STOPPED = "stopped", "The lead may not be called any more"


class ResultState(TextChoices):
    """How far an outcome is: for some seconds its user can take it back."""

    PENDING = "pending", "Can be taken back"
    APPLIED = "applied", "In effect"
    UNDONE = "undone", "Taken back"


class NoticeKind(TextChoices):
    PUSHED = "pushed", "A lead was pushed to you"
    TRANSFERRED = "transferred", "A lead was transferred to you"
    CALLBACK_DUE = "callback_due", "A callback is due"
    CALLBACK_MISSED = "callback_missed", "A callback went back to the queue"
    TAKEN_BACK = "taken_back", "A lead was taken back"
    HOLD_RAN_OUT = "hold_ran_out", "A hold ran out"
    METHOD_PAUSED = "method_paused", "A delivery method is paused after failures"
    COMPLAINT = "complaint", "Somebody reported a mail as spam"


MAILED_NOTICES = (NoticeKind.METHOD_PAUSED, NoticeKind.COMPLAINT)
"""For administrators: by mail too, unless they choose otherwise."""


class LinkKind(TextChoices):
    """What a link by mail is for."""

    INVITATION = "invitation", "Invitation"
    RESET = "reset", "New password"
