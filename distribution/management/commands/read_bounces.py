"""Read the mailbox of bounces once; the worker does so by itself every minute."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from distribution.services.bounces import read_bounces
from distribution.transports.mailbox import MailboxProblem
from leads.clock import database_now


class Command(BaseCommand):
    help = "Read the mailbox named in MAIL_BOUNCE_MAILBOX and apply what its reports tell."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MAIL_BOUNCE_MAILBOX:
            raise CommandError("No mailbox is set: put its address into MAIL_BOUNCE_MAILBOX.")
        try:
            taken = read_bounces(now=database_now())
        except MailboxProblem as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{taken} mail{'' if taken == 1 else 's'} read.")
