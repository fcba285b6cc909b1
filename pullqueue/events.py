"""What happened to a lead on the sales floor, in sentences; they join those of `leads.events`."""

from leads.events import says
from leads.models import Event


def _disposed(event: Event) -> str:
    return f"Outcome: {event.data.get('disposition', 'picked')}."


says(
    {
        "lead.queued": "Put into the queue.",
        "lead.not_queued": "No queue took it.",
        "lead.disposed": _disposed,
        "lead.released": "A manager gave it back to the queue.",
        "lead.moved": "A manager moved it.",
        "lead.hold_ran_out": "The time of its holder ran out: it went back to the queue.",
        "lead.callback_missed": "The callback was missed: it went back to the queue.",
        "lead.taken_back": "Nobody worked it in time: it was taken back and goes through its routes again.",
        "queue.rebuilt": "The queue was rebuilt.",
    }
)
