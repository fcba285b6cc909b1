"""What happened to a lead on the sales floor, in sentences; they join those of `leads.events`."""

from leads.events import says
from leads.models import Event


def _disposed(event: Event) -> str:
    return f"Outcome: {event.data.get('disposition', 'picked')}."


def _ended(event: Event) -> str:
    count = event.data.get("count", 0)
    return f"{count} session{'' if count == 1 else 's'} ended."


def _changed(event: Event) -> str:
    said = [f"{name.replace('_', ' ')} from {old} to {new}" for name, (old, new) in event.data.get("changes", {}).items()]
    return f"Changed: {', '.join(said)}." if said else "Changed."


def _reset(event: Event) -> str:
    return f"The second factor was taken away by an administrator: {event.data.get('note', 'no reason given')}"


def _rules(event: Event) -> str:
    after = ", ".join(event.data.get("after", [])) or "nobody"
    return f"A second factor must be had by: {after}; before: {', '.join(event.data.get('before', [])) or 'nobody'}."


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
        "person.invited": "Invited by mail.",
        "person.joined": "Took up the invitation and chose a password.",
        "person.reset_asked": "Asked for a new password by mail.",
        "person.password_reset": "Chose a new password by a link.",
        "person.password_given": "Got a new password from an administrator.",
        "person.password_changed": "Changed the own password.",
        "person.signed_in": "Signed in.",
        "person.signed_out": "Signed out.",
        "person.sign_in_failed": "A wrong password was tried.",
        "person.code_failed": "A wrong code was tried after the right password.",
        "person.switched_on": "Switched on.",
        "person.switched_off": "Switched off: sessions, links and tokens are dead.",
        "person.sessions_ended": _ended,
        "person.changed": _changed,
        "factor.set_up": "Set up a second factor.",
        "factor.codes_made": "Made new recovery codes.",
        "factor.recovery_used": "A recovery code was used.",
        "factor.removed": "Removed the own second factor.",
        "factor.reset": _reset,
        "access.rules_changed": _rules,
    }
)
