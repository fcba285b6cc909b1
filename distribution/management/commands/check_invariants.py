import sys
from typing import Any

from django.core.management.base import BaseCommand

from distribution.services.invariants import QUERIES, check_invariants
from leads.clock import database_now


class Command(BaseCommand):
    help = "Ask the rows whether everything that must hold holds; exit 1 when something does not."

    def handle(self, *_: Any, **__: Any) -> None:
        found = {finding.invariant: finding for finding in check_invariants(now=database_now())}
        for name, (meaning, _query) in QUERIES.items():
            finding = found.get(name)
            self.stdout.write(f"{name}: {finding.rows if finding else 0} {meaning}" + (f" (such as {finding.example})" if finding else ""))
        if found:
            sys.exit(1)
