import os
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from leads.clock import database_now
from pullqueue.services.first_admin import CannotBegin, begin_installation

VARIABLES = "ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD"


class Command(BaseCommand):
    help = f"Begin an empty installation with its first administrator. Asks, or takes the options, or {VARIABLES} of the environment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username")
        parser.add_argument("--email")
        parser.add_argument("--no-input", action="store_true", help=f"Do not ask; what is missing comes from {VARIABLES}")

    def handle(self, *args: Any, **options: Any) -> None:
        asks = not options["no_input"]
        try:
            admin = begin_installation(
                username=self.value("user name", "ADMIN_USERNAME", options["username"], asks=asks),
                email=self.value("e-mail", "ADMIN_EMAIL", options["email"], asks=asks),
                password=self.password(asks=asks),
                now=database_now(),
            )
        except CannotBegin as refused:
            raise CommandError("\n".join(refused.reasons)) from None
        self.stdout.write(
            f"{admin.username} is the administrator. Next: sign in at {settings.PUBLIC_URL}/ and follow the checklist on Home: "
            "company, lead type, source and campaign with its key, client, account, delivery method, first test lead."
        )

    def value(self, what: str, variable: str, given: str | None, *, asks: bool) -> str:
        found = given or os.environ.get(variable, "")
        if not found and asks:
            found = input(f"{what[0].upper()}{what[1:]}: ")
        if not found.strip():
            raise CommandError(f"The {what} is missing: set {variable}, or leave --no-input out to be asked.")
        return found.strip()

    def password(self, *, asks: bool) -> str:
        """The password never comes from the command line: there every program of the machine can read it."""
        if found := os.environ.get("ADMIN_PASSWORD"):
            return found
        if not asks:
            raise CommandError("The password is missing: set ADMIN_PASSWORD, or leave --no-input out to be asked.")
        first = getpass("Password: ")
        if first != getpass("Once more: "):
            raise CommandError("The two differ. Nothing was made; try again.")
        return first
