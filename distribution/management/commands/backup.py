from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from distribution.services.backup import back_up
from distribution.transports.postgres import ProgramProblem
from leads.clock import database_now


class Command(BaseCommand):
    help = "Back up database and uploaded files into a new folder below DIR, sealed under the newest key. The product goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = back_up(to=options["dir"], now=database_now())
        except (ProgramProblem, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from None
        self.stdout.write(f"{done.folder}: {done.leads:,} leads, {done.size / 1_000_000:,.1f} MB, readable by you alone.")
        self.stdout.write(f"It opens only with the keys {', '.join(done.keys)}, which are NOT in it.")
        self.stdout.write("Keep ENCRYPTION_KEYS and SECRET_KEY elsewhere, in a password safe or on paper: whoever has both has everything.")
