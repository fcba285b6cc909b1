from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from distribution.services.backup import CannotRestore, in_doubt, put_back
from distribution.transports.postgres import ProgramProblem
from leads.clock import database_now


class Command(BaseCommand):
    help = "Put a backup back into an empty database. Nothing is sent until an administrator says so (Settings > Standstill)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = put_back(folder=options["folder"], now=database_now())
        except (CannotRestore, ProgramProblem, OSError) as problem:
            raise CommandError(f"Not restored. {problem}") from None
        self.stdout.write(f"Restored as of {made:%Y-%m-%d %H:%M} UTC. Everything stands still: leads come in, nothing is routed or sent.")
        found = in_doubt()
        self.stdout.write(f"{found.count():,} deliveries were open then and may have been sent since:")
        for delivery in found[:50]:
            self.stdout.write(f"  {delivery.spoken} to {delivery.client.name}: {delivery.get_state_display().lower()}")
        self.stdout.write("Run manage.py migrate, look at Settings > Standstill, settle what is in doubt, then let it go on there.")
