"""What the sample processes need of this machine: packages that only development installs have, and ports."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

LOCAL = {"factory": "factory-boy", "faker": "faker", "aiosmtpd": "aiosmtpd"}


@contextmanager
def local_packages() -> Iterator[None]:
    """Turn a missing package of the group `local` into one clear sentence; wrap the imports that need it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        package = LOCAL.get((missing.name or "").partition(".")[0])
        if package is None:
            raise
        raise CommandError(
            f"The samples need the package {package}, which production installs leave out. Install the development packages with bin/setup."
        ) from None


def no_port(problem: OSError, ports: str) -> CommandError:
    """Say why a process cannot listen, with the remedy."""
    why = "taken by another program" if problem.errno == errno.EADDRINUSE else f"closed to us ({problem.strerror})"
    return CommandError(f"Port {ports} is {why}. Choose another one.")
