"""Django's SMTP backend that remembers how far a message came: a line dropped after DATA leaves the mail in doubt."""

import smtplib
from enum import IntEnum
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class Phase(IntEnum):
    NOTHING = 0
    BODY = 1
    """The body may have arrived."""
    HANDED_OVER = 2


class TracedMessage(EmailMultiAlternatives):
    """A message that knows its phase, and is written with the same bytes each time."""

    phase: Phase | None = None
    """None while a backend handles it that keeps no marks: then nobody knows."""
    is_called_off = False
    boundary = ""

    def message(self, **options: Any) -> Any:
        written = super().message(**options)
        for at, part in enumerate(written.walk()):
            if part.is_multipart():
                part.set_boundary(f"={self.boundary}-{at}=")
        return written


class _Mark:
    """Sets the mark when the body begins to go out."""

    message_now: Any = None

    def data(self, msg: Any) -> Any:
        if self.message_now is not None:
            self.message_now.phase = Phase.BODY
            if self.message_now.is_called_off:  # looked at after the mark was set: whoever calls off reads the mark afterwards
                self.message_now.phase = Phase.NOTHING
                raise smtplib.SMTPServerDisconnected("called off")
        return super().data(msg)  # type: ignore[misc]


class _Smtp(_Mark, smtplib.SMTP):
    pass


class _SmtpSsl(_Mark, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    """The backend for `MAILERS`."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpSsl if self.use_ssl else _Smtp

    def send_messages(self, email_messages: Any) -> Any:
        for message in email_messages:
            message.phase = Phase.NOTHING
        return super().send_messages(email_messages)

    def _send(self, email_message: Any) -> Any:
        connection: Any = self.connection
        connection.message_now = email_message
        sent = super()._send(email_message)  # type: ignore[misc]  # the stubs know public names only
        if sent:
            email_message.phase = Phase.HANDED_OVER
        return sent
