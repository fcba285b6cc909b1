"""Empty tables for one run: a schema of its own in the configured database, dropped afterwards, also after a crash.

Who lives holds a session lock; a schema whose lock is free is a leftover, and the next start drops it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from distribution.sandbox import prepared
from distribution.sandbox.tables import make_tables

MARK = "Switchyard sandbox: dropped when its run ends"
QUICK = "-c synchronous_commit=off -c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off"
"""Nothing in the schema need outlive the machine. Its statements are planned once, when the tables are still empty: without
sequential scans, which look cheap then."""
ALIVE = 0x53414E44
"""Class of the advisory locks of living runs ("SAND")."""

LEFTOVERS = """
    SELECT nspname FROM pg_namespace
    WHERE nspname ~ '^sandbox_[0-9a-f]{8}$' AND obj_description(oid, 'pg_namespace') = %s AND pg_has_role(nspowner, 'USAGE')
"""
UNLOCKED = """
    CREATE FUNCTION pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
    CREATE FUNCTION pg_advisory_xact_lock_shared(bigint) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
    CREATE FUNCTION pg_advisory_xact_lock(int, int) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
"""
"""Advisory locks are the database's, not the schema's: a made-up day must not make the installation wait, nor wait for it.
A run works alone on its rows, so that here these names, found before PostgreSQL's own, lock nothing."""


@contextmanager
def scratch_schema() -> Iterator[str]:
    """Let this process's connection see new, migrated, empty tables and nothing else until the block ends."""
    guard: Any = connection.copy()
    with suppress(DatabaseError), guard.cursor() as cursor:
        drop_leftovers(cursor)
    name = f"sandbox_{secrets.token_hex(4)}"
    try:
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [ALIVE, _number(name)])
            cursor.execute(f'CREATE SCHEMA "{name}"')
            cursor.execute(f"COMMENT ON SCHEMA \"{name}\" IS '{MARK}'")
        with _seen(name, {}):
            make_tables()
            with connection.cursor() as cursor:
                cursor.execute(UNLOCKED)
        with _seen(name, prepared.OPTIONS):
            yield name
    finally:
        with guard.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        guard.close()


def drop_leftovers(cursor: CursorWrapper) -> list[str]:
    """Drop the schemas of runs that have died and return their names."""
    cursor.execute(LEFTOVERS, [MARK])
    dropped = []
    for (name,) in cursor.fetchall():
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [ALIVE, _number(name)])
        if not cursor.fetchone()[0]:
            continue
        cursor.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ALIVE, _number(name)])
        dropped.append(name)
    return dropped


def _number(name: str) -> int:
    return int(name.removeprefix("sandbox_"), 16) - 2**31


@contextmanager
def _seen(name: str, options: dict[str, Any]) -> Iterator[None]:
    """Make the process's connection one that sees the schema only; nothing in it need outlive the machine."""
    live = connection.settings_dict["OPTIONS"]
    switches = f"{live.get('options', '')} -c search_path={name},pg_catalog {QUICK}"
    # a web process keeps a pool, whose connections see the live tables whatever the options say
    _reconnect({key: value for key, value in live.items() if key != "pool"} | options | {"options": switches})
    connection.features.uses_savepoints = False  # nobody tries again: what fails ends the run
    try:
        _see_nothing_else(name)
        yield
    finally:
        del connection.features.uses_savepoints
        _reconnect(live)


def _see_nothing_else(name: str) -> None:
    """Stop before anything is written where it does not belong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (seen,) = cursor.fetchone()
    if seen != name:
        raise RuntimeError(f"The connection sees {seen}, not {name}: the day is not run.")


def _reconnect(options: dict[str, Any]) -> None:
    connection.close()
    connection.settings_dict["OPTIONS"] = options
    vars(connection.features).pop("uses_server_side_binding", None)  # worked out once from the options
