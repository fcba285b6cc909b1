"""Why a lead is not pulled and why a user gets nothing, in words, each with what can be done: the one place where they are said."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A reason in words. `tone` is its colour: good, wait, bad or none; `remedy` is empty where nothing needs to be done."""

    code: str
    text: str
    remedy: str = ""
    tone: str = ""


LEAD: Mapping[str, tuple[str, str, str]] = {
    "not_kept": ("It is not kept in house: {outcome}.", "", ""),
    "no_pull_route": (
        "It is not kept in house: {outcome}.",
        "Its campaign {campaign} has no route Pull. Add it there; this lead goes into the queue when it is routed again.",
        "bad",
    ),
    "ready": ("It stands ready and can be pulled now.", "", "sold"),
    "ready_nobody": (
        "It stands ready, and no strategy offers it to anybody now.",
        "Below each strategy says why, and what would help.",
        "waiting",
    ),
    "cooling": ("It cools down after its last attempt, and is ready again {until}.", "", "queued"),
    "held": (
        "{user} holds it since {since}, until {until} at the latest.",
        "Take it back on the floor if {user} does not work on it.",
        "queued",
    ),
    "callback": ("{user} is to call back {at}.", "Move it to the queue if somebody else shall call before.", "queued"),
    "owned": ("{user} owns it. Nobody else can pull a lead that is owned.", "Move it to the queue if others shall have it.", "waiting"),
    "exhausted": (
        "It has had all its attempts: {attempts}.",
        "Raise the most attempts of a strategy, and rebuild the queue, for it to be offered again.",
        "waiting",
    ),
    "unrouted": (
        "No route took it, and no queue has it.",
        "Below each strategy says why. Change one and rebuild, or route the lead again.",
        "bad",
    ),
    "finished": ("It is finished: {ending}.", "", ""),
    "suppressed": ("The person is on the suppression list, and nobody may call.", "", "bad"),
}
"""About the lead as a whole: sentence, remedy, tone."""

AT_STRATEGY: Mapping[str, tuple[str, str, str]] = {
    "": ("Offers it now. {before}", "", "sold"),
    "place": ("Has it in its queue, and offers it when it is ready again.", "", "queued"),
    "off": ("It is switched off: nobody pulls from it.", "Switch the strategy on.", "bad"),
    "source": ("It offers leads of another source: {source}. {belongs}", "Choose another source, or move the lead.", ""),
    "criteria": ("The lead does not match: {failure}.", "Change the criteria if it should.", ""),
    "other_type": (
        "Its criteria ask for fields that leads of the type {lead_type} do not have.",
        "Add the fields to the type, or change the criteria.",
        "",
    ),
    "exhausted": ("It had {attempts} of at most {most} attempts.", "Raise the most attempts.", "waiting"),
    "delay": ("It waits for the delay after intake, until {until}.", "", "waiting"),
    "criteria_later": ("It does not match yet: {failure}. It is looked at again by itself {until}.", "", "waiting"),
    "not_built": ("It would match now, and does not stand in the queue.", "The strategy was changed: rebuild the queue.", "bad"),
    "calling_hours": ("It may not be called now; it may {until}.", "", "waiting"),
    "no_location": (
        "Nobody knows where it is, so nobody may call.",
        "Give the lead a ZIP or a state, or allow calls to leads without a place in the floor settings.",
        "bad",
    ),
    "attempt_limit_24h": ("It had as many attempts as its state allows in 24 hours; the next is allowed {until}.", "", "waiting"),
    "nobody_on": ("Nobody may pull from it: it has no recipients.", "Add users, groups or branches to the strategy.", "bad"),
}
"""About one lead at one strategy."""

USER: Mapping[str, tuple[str, str, str]] = {
    "": ("Nothing keeps {user} from pulling.", "Below stands what each strategy has at this moment.", "sold"),
    "inactive": ("{user} is switched off.", "Switch the person on under People.", "bad"),
    "no_desk": ("{user} is no sales rep, and has no desk to pull on.", "Make the person a sales rep under People.", "bad"),
    "no_strategy": ("{user} is on no pull strategy that is on.", "Add the person, a group or the branch to a strategy.", "bad"),
    "holding_limit": (
        "{user} holds {held} of at most {most} pulled leads, and gets the next after an outcome.",
        "Pick the outcome, release the lead, or take it back on the floor.",
        "waiting",
    ),
    "callback_due": ("A callback of {user} is due and comes first at the next pull.", "", "queued"),
    "nothing_now": ("{user} may pull, and no lead can be given now.", "Below each strategy says what its leads wait for.", "waiting"),
}
"""About a user as a whole."""

USER_AT_STRATEGY: Mapping[str, tuple[str, str, str]] = {
    "": ("Open to {user}.", "", "sold"),
    "off": ("The strategy is switched off.", "Switch it on.", ""),
    "not_for": ("It is for {recipients}; {user} is not among them.", "Add the person, a group or the branch.", ""),
    "for_nobody": ("It has no recipients.", "Add users, groups or branches.", "bad"),
    "switch_off": ("It is set to always off for {user}.", "Change that in the strategy.", "waiting"),
    "own_choice": ("{user} has switched it off on the own desk.", "The person can switch it on there.", "waiting"),
    "no_branch": ("It offers leads of the user’s branch, or of the one above, and {user} has none.", "Give the person a branch.", "bad"),
}

PUSH: Mapping[str, tuple[str, str]] = {
    "": ("Can be given leads by it now.", "sold"),
    "off": ("The strategy is switched off.", ""),
    "not_for": ("Is not among its recipients.", ""),
    "not_here": ("Is switched off or set to away: nothing is pushed.", "waiting"),
    "not_active": ("Was not seen in the last {minutes} minutes, which the strategy asks for.", "waiting"),
    "limit_hour": ("Has had its leads for this hour.", "waiting"),
    "limit_day": ("Has had its leads for this day.", "waiting"),
    "open_leads": ("Has as many open leads as allowed.", "waiting"),
    "weight_missing": ("Has no share in it: the strategy is weighted, and no percent is set.", "bad"),
}
"""About a user at a push strategy."""


def said(words: Mapping[str, tuple[str, str, str]], code: str, **facts: str) -> Said:
    """The code in words, with the facts in their places."""
    text, remedy, tone = words[code]
    return Said(code, text.format(**facts).strip(), remedy.format(**facts), tone)
