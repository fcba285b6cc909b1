from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clients.services.rotate import UNREADABLE, count_by_key, rotate_secrets


class Command(BaseCommand):
    help = (
        "Write all secrets of clients anew under the newest key. Put the new key first in ENCRYPTION_KEYS, restart, run this, "
        "and take the old key out when --check says that nothing stands under it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say how many secrets stand under which key")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            number = rotate_secrets()
            self.stdout.write(f"{number} secret{'' if number == 1 else 's'} written anew under the newest key.")
        counted = count_by_key()
        for at, number in sorted(counted.items()):
            if at != UNREADABLE:
                name = "the newest key" if at == 0 else f"key {at + 1} of ENCRYPTION_KEYS, an old one"
                self.stdout.write(f"{number} under {name}.")
        if lost := counted[UNREADABLE]:
            raise CommandError(
                f"{lost} can be read by no key of ENCRYPTION_KEYS: put the key they were written with back, behind the others."
            )
        if options["check"] and any(at > 0 for at in counted):
            raise CommandError("Old keys are still needed: run rotate_secrets without --check.")
        self.stdout.write("No old key is needed any more." if counted else "There are no secrets.")
