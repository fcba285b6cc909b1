from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from pullqueue.models.user import User


class Session(AbstractBaseSession):
    """Django's session, with whose it is: so a person sees all of theirs, and all can be ended at once."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    began = models.DateTimeField()
    seen = models.DateTimeField()
    agent = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself")

    class Meta(AbstractBaseSession.Meta):
        indexes = [models.Index(fields=["user", "-seen"], name="session_of_user")]

    @classmethod
    def get_session_store_class(cls) -> type:
        from pullqueue.sessions import SessionStore  # noqa: PLC0415 -- Django loads it by name, and it loads this module

        return SessionStore
