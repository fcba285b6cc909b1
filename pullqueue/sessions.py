"""Sessions in the database that know their person (SESSION_ENGINE): idle for twelve hours or seven days old, they end."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

BEGAN, SEEN, AGENT = "began", "seen", "agent"
FACTOR_DUE = "factor_due"
"""In the session of somebody whose role needs a second factor and who has none yet."""
LONGEST = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
"""A session in use is written no more often."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from pullqueue.models.session import Session  # noqa: PLC0415 -- Django's own way round: the model is loaded later

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        now = timezone.now()
        person = data.get("_auth_user_id")
        row.user_id = int(person) if person else None
        row.began, row.seen = (datetime.fromisoformat(data[name]) if name in data else now for name in (BEGAN, SEEN))
        row.agent = str(data.get(AGENT, ""))[:200]
        return row


def begin_session(session: Any, *, agent: str, now: datetime) -> None:
    """Write into the new session of somebody who has signed in since when it runs, and in which browser."""
    session[BEGAN] = session[SEEN] = now.isoformat()
    session[AGENT] = "".join(letter for letter in agent if letter.isprintable())[:200]


def keep_session(session: Any, *, now: datetime) -> bool:
    """Say that the session is in use; False when it is too old to go on."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None:
        return True
    if now - datetime.fromisoformat(began) > LONGEST:
        return False
    if now - datetime.fromisoformat(seen) > TOUCH_EVERY:
        session[SEEN] = now.isoformat()
    return True
