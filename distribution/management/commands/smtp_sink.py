import asyncio
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from distribution.demo.local import local_packages, no_port


class Command(BaseCommand):
    help = "Take every mail on this machine only, keep the newest 200 in memory and deliver none."
    requires_system_checks = []  # noqa: RUF012 -- as the parent declares it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8025)
        parser.add_argument("--page-port", type=int, help="Also list the mails on a page at this port")

    def handle(self, *args: Any, **options: Any) -> None:
        with local_packages():
            from distribution.demo.sink import HERE, Sink, serve  # noqa: PLC0415 -- needs a package that production leaves out
        port, page_port = options["port"], options["page_port"]
        self.stdout.write(f"Mail is taken at {HERE}:{port}" + (f" and listed at http://{HERE}:{page_port}/" if page_port else ""))
        try:
            with suppress(KeyboardInterrupt):
                asyncio.run(serve(Sink(), port=port, page_port=page_port))
        except OSError as problem:
            raise no_port(problem, f"{port} or {page_port}" if page_port else str(port)) from None
