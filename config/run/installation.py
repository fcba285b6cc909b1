"""The database of `make run`: migrated, filled with samples once, and asked how it goes."""

import os
from urllib.parse import urlsplit

import django
from django.core.management import call_command
from django.db import Error, OperationalError, connection

from config.run.screen import say, step
from config.services import ServiceError

PEOPLE = (  # role, user name, where the password made for it stands
    ("administrator", "admin", "DEMO_ADMIN_PASSWORD"),
    ("manager", "manager", "DEMO_MANAGER_PASSWORD"),
    ("rep", "rep", "DEMO_REP_PASSWORD"),
)


def prepare(*, own_database: bool) -> bool:
    """Migrate, and fill an empty database with samples; return whether samples are wanted here.

    A database that DATABASE_URL names is somebody's own: its name is said first, and samples come only with DEMO=1.
    """
    if not own_database:
        say(f"Using the database {describe(os.environ['DATABASE_URL'])} (DATABASE_URL); it is migrated now.")
    with step("Bringing the tables up to date"):
        django.setup()
        migrate()
    demo = own_database or os.environ.get("DEMO") == "1"
    if is_empty() and demo:
        with step("Making the sample company, clients, people and a month of leads"):
            call_command("seed")
    elif is_empty():
        say("The database is empty and stays so: DEMO=1 make run fills it with samples, manage.py create_admin begins a real installation.")
    connection.close()
    return demo


def migrate() -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as problem:
        database, first_line = describe(os.environ["DATABASE_URL"]), str(problem).splitlines()[0]
        raise ServiceError(f"The database {database} cannot be used: {first_line}. Look at DATABASE_URL and at that server.") from None


def describe(url: str) -> str:
    """Return host and name of a database, never its password."""
    parts = urlsplit(url)
    return f"{parts.path.lstrip('/')} on {parts.hostname or 'this machine'}"


def is_empty() -> bool:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 -- after django.setup()

    return not get_user_model().objects.exists()


def people() -> list[tuple[str, str, str]]:
    """Return (role, user name, password) of the sample people who can still sign in with the password made for them."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 -- after django.setup()

    found = {
        user.get_username(): user for user in get_user_model().objects.filter(username__in=[name for _, name, _ in PEOPLE], is_active=True)
    }
    known = []
    for role, name, variable in PEOPLE:
        if user := found.get(name):
            password = os.environ[variable]
            known.append((role, name, password if user.check_password(password) else "(changed since)"))
    connection.close()
    return known


def outcomes() -> dict[str, int]:
    """Return how many leads have which outcome; empty when the database does not answer just now."""
    from django.db.models import Count  # noqa: PLC0415 -- after django.setup()

    from leads.models import Lead  # noqa: PLC0415

    try:
        return dict(Lead.objects.values_list("outcome").annotate(Count("pk")).order_by())
    except Error:
        return {}
    finally:
        connection.close()
