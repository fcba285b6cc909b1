import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from distribution.demo.local import local_packages
from leads.clock import database_now


class Command(BaseCommand):
    help = "Fill an empty database with a sample company, clients, people and past leads; --clear takes them out again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stage", choices=["empty", "day", "month"], default="month", help="How much past the samples have (default: month)"
        )
        parser.add_argument("--seed", type=int, default=1, help="The same number makes the same samples (default: 1)")
        parser.add_argument("--clear", action="store_true", help="Remove the samples with everything that came of them")
        parser.add_argument(
            "--everything", action="store_true", help="With --clear: also remove clients, campaigns and the like that were made by hand"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["clear"]:
            self.clear(everything=options["everything"])
        else:
            self.fill(stage=options["stage"], number=options["seed"])

    def fill(self, *, stage: str, number: int) -> None:
        with local_packages():
            from distribution.demo.past import Stage  # noqa: PLC0415 -- needs packages that production leaves out
            from distribution.demo.seed import NotEmpty, seed  # noqa: PLC0415
            from distribution.demo.staff import passwords_from  # noqa: PLC0415
        passwords = passwords_from(os.environ)
        try:
            seed(
                stage=Stage(stage),
                number=number,
                passwords=passwords,
                buyer_url=settings.DEMO_BUYER_URL,
                now=database_now(),
                say=self.stdout.write,
            )
        except NotEmpty as refused:
            raise CommandError(str(refused)) from None
        for name, password in passwords.made:
            self.stdout.write(f"{name} signs in with {password} (made just now and kept nowhere else)")

    def clear(self, *, everything: bool) -> None:
        from distribution.demo.clear import NotSeeded, clear  # noqa: PLC0415 -- beside fill, which needs more

        try:
            removed = clear(everything=everything, now=database_now())
        except NotSeeded as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(removed.say())
