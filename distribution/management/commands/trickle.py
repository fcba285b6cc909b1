from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from distribution.demo.local import local_packages
from leads.models import Lead


class Command(BaseCommand):
    help = "Post believable leads through the public API with the samples' keys, until there are enough leads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.PUBLIC_URL, help=f"Where the product answers (default: {settings.PUBLIC_URL})")
        parser.add_argument("--per-minute", type=float, default=20.0)
        parser.add_argument("--most", type=int, default=20_000, help="Stop when this many leads are in the database (default: 20,000)")
        parser.add_argument("--seed", type=int, default=7, help="The same number posts the same people (default: 7)")

    def handle(self, *args: Any, **options: Any) -> None:
        with local_packages():
            from distribution.demo.keys import read_keys  # noqa: PLC0415 -- needs packages that production leaves out
            from distribution.demo.trickle import NoKeys, Trickle  # noqa: PLC0415
        if options["per_minute"] <= 0:
            raise CommandError("--per-minute is a number above 0.")
        try:
            keys = read_keys(settings.DEMO_KEYS_FILE)
        except FileNotFoundError:
            self.stdout.write(f"No samples here: {settings.DEMO_KEYS_FILE} is missing. manage.py seed makes it. Nothing is posted.")
            return
        present = Lead.objects.count()
        trickle = Trickle(
            url=options["url"],
            keys=keys,
            per_minute=options["per_minute"],
            most=max(0, options["most"] - present),
            seed=options["seed"],
            begin=present,
            say=self.stdout.write,
        )
        try:
            trickle.run()
        except NoKeys:
            self.stdout.write("No key is taken any more; the trickle ends.")
        except KeyboardInterrupt:
            self.stdout.write(trickle.summary())
