"""`manage.py sandbox FILE.json`: a made-up day through the real code, on empty tables of its own."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from distribution.sandbox.day import run_text
from distribution.sandbox.mistake import Mistake


class Command(BaseCommand):
    help = "Runs the day in a file (see docs/sandbox.md) and prints one JSON object. Live tables are neither read nor written."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.json", help="the day; - reads it from standard input")

    def handle(self, *_: Any, file: str, **__: Any) -> None:
        settings.PUBLISHES_WAKE_UPS = False
        try:
            for part in run_text(_read(file)):
                self.stdout.write(part, ending="")
        except Mistake as mistake:
            self.stderr.write(str(mistake))
            sys.exit(2)


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "not a text in UTF-8"
        raise Mistake(file, f"Cannot be read: {reason}.") from None
