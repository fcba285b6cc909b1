"""The server's plans, made anew as a run's tables fill: those of empty tables read every delivery of the day for each lead."""

from django.db import connection
from psycopg import sql

FIRST = 25
"""Leads after which the tables are looked at first."""
GROWTH = 4
"""And again whenever there are so many times as many."""

FILLED = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0"


class Plans:
    """What the server knows of the run's own tables."""

    def __init__(self) -> None:
        self._next = FIRST

    def grown(self, leads: int) -> None:
        """Let the server look at its tables again if the number of leads says so. Nothing may be open."""
        if leads < self._next:
            return
        self._next = leads * GROWTH
        with connection.cursor() as cursor:
            cursor.execute(FILLED)
            tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
            cursor.execute(sql.SQL("VACUUM (ANALYZE, SKIP_LOCKED) {}").format(tables))
