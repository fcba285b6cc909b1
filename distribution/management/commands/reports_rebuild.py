import sys
from typing import Any

from django.core.management.base import BaseCommand

from distribution.services.report_cells import differences, fold, rebuild
from leads.clock import database_now


class Command(BaseCommand):
    help = "Make the sums of reports anew from the rows, in the company's zone; --check compares them only, exit 1 when they differ."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing but fold what is new; say where sums and rows differ")

    def handle(self, *_: Any, check: bool, **__: Any) -> None:
        now = database_now()
        if check:
            fold(now=now)
        else:
            rebuild(now=now)
        found = differences()
        for one in found:
            self.stderr.write(f"{one.day}, cut {one.cut}: {one.which} {one.values}")
        if found:
            sys.exit(1)
        self.stdout.write("The sums of reports are those of the rows." if check else "Rebuilt: the sums of reports are those of the rows.")
