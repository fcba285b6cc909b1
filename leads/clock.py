"""The one clock: the database's. Views, tasks and commands read it once and pass it down as `now`."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """Return the database's present time, aware, also inside a transaction that began earlier."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now
