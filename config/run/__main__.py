"""Start the whole product, keep it running, stop it in order."""

import signal
import sys
from typing import NoReturn

from config.run.product import run
from config.run.screen import say
from config.services import ServiceError
from config.services.ensure import VAR
from config.services.errors import disk_full, is_disk_full


def interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a script's `make run &` inherits an ignored SIGINT
        signal.signal(number, interrupt)
    try:
        run(VAR)
    except KeyboardInterrupt:
        say("Stopped. The data are kept; make run continues with them.")
    except ServiceError as problem:
        sys.exit(str(problem))
    except OSError as problem:
        if not is_disk_full(problem):
            raise
        sys.exit(str(disk_full(VAR)))


if __name__ == "__main__":
    main()
