"""The tables of a run: made by the migrations once, and from then on by what those said to the database, ten times as fast.

What they said is kept in a file whose name tells which migrations it is of. Without it, and where it cannot be written, the
migrations run.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import ClientCursor

APPS = ("leads", "clients", "pullqueue", "distribution")
ASKED = ("SELECT", "SAVEPOINT", "RELEASE", "SHOW")
"""Beginnings of what changes nothing."""


def make_tables() -> None:
    """Make all tables in the schema that the connection sees."""
    file = settings.SANDBOX_TABLES / f"{_digest()}.json"
    try:
        said = json.loads(file.read_text())
    except (OSError, ValueError):
        _keep(file, _migrate())
        return
    with connection.cursor() as cursor:
        for step in said:
            cursor.execute(step)


def _digest() -> str:
    """Which migrations these are: of every app, with what is written in them and in the data they load, and the Django that reads them."""
    digest = blake2b(django.__version__.encode(), digest_size=12)
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        home = Path(app.path)
        for file in sorted([*home.glob("migrations/*.py"), *home.glob("data/*.*")]):
            digest.update(f"{app.label}/{file.name}".encode() + file.read_bytes())
    return digest.hexdigest()


def _migrate() -> list[str]:
    """Run the migrations; return what each said, as one text where it is one transaction."""
    steps: list[str] = []
    said: list[str] = []

    def next_step(action: str, migration: Any = None, fake: bool | None = None) -> None:  # noqa: FBT001 -- Django's own form
        steps.extend(said if migration is not None and not migration.atomic else [";\n".join(said)] * bool(said))
        said.clear()

    executor = MigrationExecutor(connection, progress_callback=next_step)
    with _listening(said.append):
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in APPS])
    next_step("end")
    return steps


@contextmanager
def _listening(hear: Callable[[str], None]) -> Iterator[None]:
    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
        if not str(sql).lstrip(" (\n").upper().startswith(ASKED):
            with ClientCursor(connection.connection) as writer:
                for one in params if many else [params]:
                    hear(str(sql) if one is None else writer.mogrify(sql, one))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield


def _keep(file: Path, said: list[str]) -> None:
    """Write the file whole or not at all, and forget those of other migrations. A folder that cannot be written to costs time only."""
    beside = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(said))
        beside.replace(file)
        for other in file.parent.glob("*.json"):
            if other != file:
                other.unlink(missing_ok=True)
