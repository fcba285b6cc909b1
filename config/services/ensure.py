"""What lets every `manage.py` command work in a fresh clone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.services.errors import ServiceError
from config.services.secrets import local_secrets
from config.services.supervisor import Services

VAR = Path(__file__).resolve().parents[2] / "var"


@contextmanager
def ensure_services(var: Path = VAR) -> Iterator[None]:
    """Bring PostgreSQL and Valkey for the time of one command, unless DATABASE_URL says where they are or this is production.

    Joins the servers that another process of this checkout runs. Sets os.environ, so enter it before Django reads its settings.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("SWITCHYARD_ENV") == "production":
        yield
        return
    services = Services(var, say=_say)
    try:
        services.start()
    except ServiceError as problem:
        sys.exit(str(problem))
    before = dict(os.environ)
    try:
        os.environ.update(development_environment(var) | services.settings())
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        services.stop()


def development_environment(var: Path) -> dict[str, str]:
    """Return the variables of a development installation in `var`; what the caller's environment sets wins."""
    made = local_secrets(var / "env") | {"BEAT_SCHEDULE_FILE": str(var / "celerybeat-schedule")}
    return {name: os.environ.get(name) or value for name, value in made.items()} | {"SWITCHYARD_ENV": "development"}


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
