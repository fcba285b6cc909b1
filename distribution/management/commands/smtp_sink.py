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
        parser.add_argument("--read-for", default="", metavar="URL", help="Open, follow and return some tracked mails of the product there")

    def handle(self, *args: Any, **options: Any) -> None:
        with local_packages():
            from distribution.demo.sink import HERE, Sink, serve  # noqa: PLC0415 -- needs a package that production leaves out
            from distribution.demo.sink_readers import Readers  # noqa: PLC0415 -- as above
        port, page_port = options["port"], options["page_port"]
        self.stdout.write(f"Mail is taken at {HERE}:{port}" + (f" and listed at http://{HERE}:{page_port}/" if page_port else ""))
        readers = Readers(options["read_for"].rstrip("/")) if options["read_for"] else None
        try:
            with suppress(KeyboardInterrupt):
                asyncio.run(serve(Sink(readers=readers), port=port, page_port=page_port))
        except OSError as problem:
            raise no_port(problem, f"{port} or {page_port}" if page_port else str(port)) from None
