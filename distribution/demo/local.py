"""The packages that only development installs have."""

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
