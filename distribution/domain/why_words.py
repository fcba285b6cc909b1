"""The sentences of *Why did it not get leads today?*, each with what would help."""

from typing import NamedTuple

from distribution.domain.automation import Automation
from distribution.domain.reasons import Reason
from distribution.domain.why import Fate


class Said(NamedTuple):
    """`what` happened, the `remedy`, and where that is done: a kind of page, empty for none."""

    what: str
    remedy: str = ""
    where: str = ""


CLIENT, ACCOUNT, METHODS, SETTINGS, CAMPAIGNS = "client", "account", "methods", "settings", "campaigns"

SAYS: dict[str, Said] = {
    Fate.SOLD: Said("It bought the lead"),
    Fate.UNDER_WAY: Said("It has the offer, and its answer is awaited"),
    Fate.REFUSED: Said("It was offered the lead and refused", "Look at its answers, and ask the client why it refuses.", ACCOUNT),
    Fate.FAILED: Said("It was offered the lead and the delivery failed", "Test its delivery method.", METHODS),
    Fate.IN_DOUBT: Said("It may have taken the lead: a person must decide"),
    Fate.BOUNCED: Said("It bought the lead, but the mail bounced", "Correct the address of its delivery method.", METHODS),
    Fate.RETURNED: Said("It bought the lead and returned it"),
    Fate.CANCELLED: Said("Its delivery was cancelled before anything was sent"),
    Fate.BEHIND: Said("It could have had the lead, but others stood before it", "Change what orders the clients.", SETTINGS),
    Fate.ABSENT: Said("The account was not there yet, or it was archived"),
    Fate.NOT_DISTRIBUTED: Said("The lead was not offered to clients: its campaign takes another route, or it still waits"),
    Fate.INTAKE: Said("The lead was not accepted: a duplicate, suppressed or wrong"),
    Reason.CLIENT_INACTIVE: Said("The client was not active", "Set the client to active.", CLIENT),
    Reason.CLIENT_PAUSED: Said("The client was paused", "End the client's pause.", CLIENT),
    Reason.ACCOUNT_CLOSED: Said("The account was closed", "Open the account.", ACCOUNT),
    Reason.ACCOUNT_PAUSED: Said("The account was paused", "Open the account.", ACCOUNT),
    Reason.AUTOMATION_OFF: Said("Automated delivery was switched off", "Switch automated delivery on.", ACCOUNT),
    Reason.NO_DELIVERY_METHOD: Said("No delivery method was enabled", "Give the account a delivery method that is enabled.", ACCOUNT),
    Reason.NOT_IN_GROUP: Said(
        "The campaign sells to a client group that it is not in", "Put the client into the campaign's group.", CAMPAIGNS
    ),
    Reason.SUPPRESSED: Said("The person had become do-not-call, or was erased"),
    Reason.REFUSED_BEFORE: Said("The client was offered the lead already, by another account"),
    Reason.CRITERIA: Said("The lead did not meet its criteria", "Widen this condition, if the client wants such leads.", ACCOUNT),
    Reason.DUPLICATE_FOR_CLIENT: Said("The client bought the same person within its duplicate window"),
    Reason.SCHEDULE_CLOSED: Said("It was closed", "Open longer, or hold leads until the opening.", ACCOUNT),
    Reason.CAP_HOUR: Said("The hour cap was used up", "Raise the cap of leads an hour."),
    Reason.CAP_DAY: Said("The day cap was used up", "Raise the cap of leads a day."),
    Reason.CAP_WEEK: Said("The week cap was used up", "Raise the cap of leads a week."),
    Reason.CAP_MONTH: Said("The month cap was used up", "Raise the cap of leads a month."),
    Reason.CAP_TOTAL: Said("The total cap was used up", "Raise the cap of leads in total."),
    Reason.BUDGET_DAY: Said("The day's budget was used up", "Raise the budget a day."),
    Reason.BUDGET_MONTH: Said("The month's budget was used up", "Raise the budget a month."),
    Reason.QUALIFIED_SHARE: Said("It had its share of qualified leads", "Raise its share of qualified leads.", ACCOUNT),
    Reason.MARGIN: Said("It pays too little for the margin that is asked for", "Raise its price, or ask for less margin.", ACCOUNT),
    Reason.PING_REJECTED: Said("It refused the ping", "Look at its answers, and ask the client why it refuses.", METHODS),
    Reason.PING_TIMEOUT: Said("It did not answer the ping in time", "Ask the client to answer faster, and test its method.", METHODS),
    Reason.BID_TOO_LOW: Said("Its bid was too low", "Ask the client to bid more, or lower the least bid.", ACCOUNT),
    Reason.WEIGHT_MISSING: Said("The client has no weight, and weighted is in force", "Give the client a weight.", SETTINGS),
    Reason.PERCENTAGE_MISSING: Said("The client has no percentage, and percentage is in force", "Give the client a percentage.", SETTINGS),
    Reason.PERCENTAGE_REACHED: Said("The client was at its percentage", "Raise its percentage, or switch the hard limit off.", SETTINGS),
    Reason.CIRCUIT_OPEN: Said("Its delivery method was paused after failures", "Test its delivery method, and end the pause.", METHODS),
    Reason.EXCLUSIVE_ONLY: Said(
        "The lead was offered exclusively, and it buys shared leads", "Change price optimization, or its price.", SETTINGS
    ),
    Reason.ALREADY_SOLD_SHARED: Said(
        "The lead was sold shared, and it buys exclusive leads", "Change price optimization, or its price.", SETTINGS
    ),
}
"""By code. The limits' page depends on whose limit it is."""

FORWARD: dict[Automation, tuple[str, str]] = {
    Automation.PRICE: ("Raise its price.", ACCOUNT),
    Automation.PRIORITY: ("Give the client a lower priority number.", SETTINGS),
    Automation.ROUND_ROBIN: ("Every client has its turn: fewer clients, or more leads.", SETTINGS),
    Automation.WEIGHTED: ("Raise the client's weight.", SETTINGS),
    Automation.PERCENTAGE: ("Raise the client's percentage.", SETTINGS),
    Automation.GEOLOCATION: ("Nearer clients come first: an automation of its own for this group of clients would change that.", SETTINGS),
}
"""What brings an account further to the front, by the automation that orders it."""


def where_of(code: str, what: str) -> str:
    """The kind of page where the remedy is done; a used-up limit is changed where it stands."""
    return SAYS[code].where or (what if what in (CLIENT, ACCOUNT) else "")
