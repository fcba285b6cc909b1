from typing import Any

from aiohttp import web
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from distribution.demo.buyer import HERE, application
from distribution.demo.local import no_port


class Command(BaseCommand):
    help = "Receive the sample clients' leads over HTTP and files by SFTP, on this machine only, and answer as each does. / lists them."
    requires_system_checks = []  # noqa: RUF012 -- as the parent declares it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8790)
        parser.add_argument("--sftp-port", type=int, default=settings.DEMO_SFTP_PORT, help="Where the client listens that takes files")
        parser.add_argument("--seed", type=int, default=1, help="The same number answers in the same way (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        self.stdout.write(f"The demo buyer answers at http://{HERE}:{port}/")
        try:
            app = application(options["seed"], sftp_port=options["sftp_port"])
            web.run_app(app, host=HERE, port=port, print=None, shutdown_timeout=0.5, access_log=None)
        except OSError as problem:
            raise no_port(problem, str(port)) from None
