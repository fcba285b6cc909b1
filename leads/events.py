"""What happened, said in a sentence: the one place where such sentences are made. Floors above add their kinds."""

from collections.abc import Callable, Mapping
from typing import Any

from leads.domain.criteria_fields import STANDARD
from leads.models import Event

type Sayer = Callable[[Event], str]

SENTENCES: dict[str, Sayer] = {}
"""By kind of event."""

REASONS = {
    "campaign_full": "its campaign was full",
    "phone": "the phone is on the suppression list",
    "email": "the e-mail is on the suppression list",
    "bad_phone": "the phone is no number that can be called",
    "bad_email": "the e-mail is no address",
    "bad_zip": "the ZIP does not exist",
    "bad_state": "the state does not exist",
    "bad_date": "a date cannot be read",
    "bad_datetime": "a time cannot be read",
    "bad_number": "a number cannot be read",
    "bad_choice": "a value is none of the choices",
    "bad_boolean": "a value is neither yes nor no",
    "bad_pattern": "a value does not have the form that is asked for",
    "bad_character": "a text holds characters that no text has",
    "bad_country": "the country is not known",
    "bad_consent_url": "the address of the consent is none",
    "out_of_range": "a number is outside what is allowed",
    "too_long": "a text is too long",
    "wrong_type": "a value is of the wrong kind",
    "required": "a field that is needed is missing",
    "too_many_fields": "it has too many fields",
    "bad_name": "a field's name is too long",
    "empty": "it has no field with a value",
    "bad_row": "the line is no lead that can be read",
    "too_many_cells": "the row has more cells than there are columns",
}


def says(kinds: Mapping[str, Sayer | str]) -> None:
    """Add kinds of events, each with its sentence or with what makes the sentence."""
    SENTENCES.update({kind: (_fixed(made) if isinstance(made, str) else made) for kind, made in kinds.items()})


def _fixed(text: str) -> Sayer:
    return lambda _event: text


def sentence(event: Event) -> str:
    """Return what happened, in words; a kind that nobody gave a sentence is shown by its code."""
    make = SENTENCES.get(event.kind)
    return make(event) if make else event.kind


def without_clients(data: Mapping[str, Any]) -> dict[str, Any]:
    """What an event tells those who see no clients: nobody's name, price or word."""
    return {name: value for name, value in data.items() if name not in ("price", "client", "reason")}


def _accepted(event: Event) -> str:
    return "Accepted as a test: it goes nowhere." if event.data.get("test") else "Accepted."


def _duplicate(event: Event) -> str:
    return f"Not accepted: a duplicate of {event.data.get('of', 'an earlier lead')}."


def _suppressed(event: Event) -> str:
    return f"Not accepted: {REASONS.get(event.data.get('by', ''), 'the person is on the suppression list')}."


def _rejected(event: Event) -> str:
    codes = event.data.get("codes", [])
    return f"Rejected: {', '.join(REASONS.get(code, code.replace('_', ' ')) for code in codes)}." if codes else "Rejected."


def _corrected(event: Event) -> str:
    fields = [STANDARD[name].label if name in STANDARD else name for name in event.data.get("fields", [])]
    return f"Corrected: {', '.join(fields)}." if fields else "Corrected."


says(
    {
        "lead.corrected": _corrected,
        "lead.accepted": _accepted,
        "lead.duplicate": _duplicate,
        "lead.suppressed": _suppressed,
        "lead.rejected": _rejected,
        "key.created": "An API key was made.",
        "key.revoked": "An API key was revoked.",
        "key.leaked": "An API key was sent inside an address, where logs keep it. Revoke it and make a new one.",
        "link.created": "A link to the posting instructions was made.",
        "link.revoked": "A link to the posting instructions was revoked.",
        "token.created": "A personal token was made.",
        "token.revoked": "A personal token was revoked.",
        "suppression.added": "Added to the suppression list.",
        "suppression.removed": "Taken off the suppression list.",
        "import.started": "An import of leads was begun.",
        "import.pause": "The import was paused.",
        "import.resume": "The import goes on.",
        "import.cancel": "The import was cancelled; the leads until then stay.",
        "import.done": "The import is done.",
        "import.undo_started": "The import is being undone.",
        "import.undone": "The import was undone.",
        "lead.erased": "The person's data were erased. What stays names nobody.",
        "standstill.begun": "Everything stands still: nothing is routed or sent until an administrator says so.",
        "standstill.lifted": "The standstill is over: what waited is routed and sent.",
        "leads.exported": "Leads were written into a file.",
    }
)
