"""What happened to a lead on its way to clients, in sentences; they join those of `leads.events`.

An event holds a client's id; whoever shows events sets `client_name` on them, from one query for all.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from leads.enums import Route
from leads.events import says
from leads.models import Event
from leads.viewer import viewer
from leads.words import money

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
    "given_up": "a person did not want to wait any longer",
    "offered_anew": "it came to nothing, and a person had it offered anew",
    "settled_taken": "a person settled that the client took it",
    "settled_not_taken": "a person settled that the client did not take it",
    "returned": "the client gave it back",
    "bounced": "the mail came back, so that it never reached the client",
}
"""The reason kept on a delivery, in words; also for its page and its list."""
ROUTES = {
    "nobody_left": "no client could take it",
    "no_strategies": "nothing is set up",
    "no_match": "no strategy wants it",
    "nobody_available": "nobody who may get it was available",
    "no_location": "it is not known where it may be called",
    "suppressed": "the person is on the suppression list",
    "sold": "it was sold",
}


def who(event: Event) -> str:
    return str(getattr(event, "client_name", "") or "a client")


def why(reason: str) -> str:
    """Say a delivery's reason in words."""
    return WHY.get(reason, reason.replace("_", " "))


def _told(text: str) -> Callable[[Event], str]:
    """Make a sentence of a text with a place for the client, and the reason behind it."""

    def say(event: Event) -> str:
        reason = event.data.get("reason", "")
        begun = text.format(who(event))
        return f"{begun}: {why(reason)}." if reason else f"{begun}."

    return say


def _sold(event: Event) -> str:
    return f"Sold to {who(event)} for {money(Decimal(event.data['price']))}." if "price" in event.data else "Sold."


def _rejected(event: Event) -> str:
    duplicate = event.data.get("reason") == "client_duplicate"
    return f"Refused by {who(event)}{' as a duplicate of its own' if duplicate else ''}."


def _paused(event: Event) -> str:
    until = event.data.get("until")
    said = f"{viewer().local(datetime.fromisoformat(until)):%-d %b %H:%M}" if until else "later"
    return f"The delivery method was paused until {said}: {event.data.get('reason', 'failures in a row')}."


def _unrouted(event: Event) -> str:
    routes = event.data.get("routes", {})
    asked = [route for route in Route if route in routes]  # the database keeps no order of keys
    told = ", ".join(f"{route}: {ROUTES.get(routes[route], routes[route])}" for route in asked)
    return f"No route took it ({told})." if told else "No route took it."


SHOWN_ONLY = {
    "unverified": "nobody vouches for the report, so it changes nothing",
    "temporary": "for a passing reason, so it changes nothing",
    "late": "later than the settings count it, so the sale stands",
}


def _of_mail(text: str) -> Callable[[Event], str]:
    """Say what was heard of a mail; `shown_only` is why nothing follows from it."""

    def say(event: Event) -> str:
        told = text.format(who(event))
        if event.data.get("machine"):
            return f"{told}, by a mail scanner rather than a person."
        reason = SHOWN_ONLY.get(event.data.get("shown_only", ""))
        return f"{told}: {reason}." if reason else f"{told}."

    return say


def _settled(event: Event) -> str:
    said = "took it" if event.data.get("taken") else "did not take it: it goes on to the next client"
    return f"A person decided that {who(event)} {said}."


def _returned(event: Event) -> str:
    credited = f", {money(Decimal(event.data['price']))} credited" if "price" in event.data else ""
    on = "; it goes on to the next client" if event.data.get("goes_on") else ""
    return f"Returned by {who(event)}{credited}{on}."


says(
    {
        "lead.offered": lambda event: f"Offered to {who(event)}.",
        "lead.sold": _sold,
        "lead.in_doubt": lambda event: f"In doubt whether {who(event)} took it: nobody else gets it until a person decides.",
        "lead.unrouted": _unrouted,
        "lead.rerun": "Its routes were opened again.",
        "lead.noted": "A note was written.",
        "lead.unstuck": "It was set aside, and is tried again at once.",
        "lead.given_up": "It was set aside, and a person gave it up: it stands among the unrouted leads.",
        "delivery.accepted": lambda event: f"Delivered to {who(event)} and accepted.",
        "delivery.attempted": _told("Tried at {}, and to be tried again"),
        "delivery.rejected": _rejected,
        "delivery.failed": _told("Not delivered to {}"),
        "delivery.next_method": _told("Not delivered to {} by this method, so the account's next one takes over"),
        "delivery.cancelled": _told("The delivery to {} was cancelled, nothing was sent"),
        "delivery.unknown": _told("In doubt at {}, a person must decide"),
        "delivery.reversed": lambda event: f"The sale to {who(event)} was reversed: the mail did not arrive.",
        "delivery.settled": _settled,
        "delivery.sent_again": lambda event: f"Sent again to {who(event)} by hand, as the same request.",
        "delivery.anew": lambda event: f"A person lets {who(event)} be offered it anew.",
        "delivery.hurried": lambda event: f"A person had it tried at {who(event)} at once.",
        "delivery.given_up": lambda event: f"A person gave up waiting for {who(event)}.",
        "copy.sent_again": lambda event: f"The copy by {event.data.get('method', 'another method')} was sent again by hand.",
        "copy.given_up": lambda event: f"The copy by {event.data.get('method', 'another method')} was given up; the sale stands.",
        "mail.delivered": _of_mail("The mail to {} was delivered"),
        "mail.opened": _of_mail("The mail to {} was opened"),
        "mail.clicked": _of_mail("A link in the mail to {} was followed"),
        "mail.deferred": _of_mail("The mail to {} waits at a mail server"),
        "mail.bounced": _of_mail("The mail to {} came back"),
        "mail.complained": _of_mail("The mail to {} was reported as spam"),
        "mail.resumed": "Mail to a paused address goes out again.",
        "return.requested": lambda event: f"{who(event)[:1].upper()}{who(event)[1:]} asks to return it.",
        "return.granted": _returned,
        "return.refused": lambda event: f"The return was refused to {who(event)}.",
        "method.paused": _paused,
        "method.resumed": "The pause of the delivery method was ended by hand.",
        "method.probed": "One delivery was let through to see whether the client answers again.",
        "method.given_up": "Nobody waits for the delivery method any longer: what waited for it went on.",
        "method.tested": "The delivery method was tested with a test lead.",
        "settings.saved": "Distribution settings were saved.",
    }
)
