"""What people write about a lead."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.models import Lead, Note
from leads.services.events import record

LONGEST = 2000


class EmptyNote(ValueError):
    """A note without a word, or one that is too long; the message says so."""


def add_note(*, lead: Lead, text: str, by: Any, now: datetime) -> Note:
    """Keep a note with the lead and put it on its timeline. Raises EmptyNote."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise EmptyNote("Write a word or two first.")
    if len(words) > LONGEST:
        raise EmptyNote(f"A note has {LONGEST:,} characters at most; this one has {len(words):,}.")
    with transaction.atomic():
        note = Note.objects.create(lead=lead, text=words, by=by, at=now)
        record(kind="lead.noted", at=now, lead=lead.pk, by=by, note=note.pk)
    return note
