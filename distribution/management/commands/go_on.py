from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leads.clock import database_now
from leads.services.standstill import go_on


class Command(BaseCommand):
    help = "End the standstill after a restore: what waits is routed and sent from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Deliveries in doubt have been looked at")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            raise CommandError("What waits is sent at once. Look at Settings > Standstill first, then run: manage.py go_on --yes")
        self.stdout.write("It goes on." if go_on(by=None, now=database_now()) else "It did not stand still.")
