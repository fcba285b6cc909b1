"""The sentences of the samples' own events."""

from leads.events import says
from leads.models import Event


def _seeded(event: Event) -> str:
    return f"The samples of manage.py seed were made (stage {event.data.get('stage')}, seed {event.data.get('seed')})."


says(
    {
        "demo.seeded": _seeded,
        "demo.cleared": "The samples were removed, with every lead and delivery that came of them.",
        "installation.begun": "The installation began with its first administrator.",
    }
)
