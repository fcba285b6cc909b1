"""`manage.py run_sandbox_days`: runs the days that were asked for at *Distribution > Sandbox* and wait; the page starts it."""

from typing import Any

from django.core.management.base import BaseCommand

from distribution.sandbox.job import drain_days


class Command(BaseCommand):
    help = "Runs the days that wait at Distribution > Sandbox, each in a process of its own, and ends."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write(f"{drain_days()} run.")
