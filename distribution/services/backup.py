"""Backups: the database, uploaded files and the list of key ids in a folder that only its owner reads, sealed; and back again."""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from distribution.enums import OPEN_STATES, DeliveryState
from distribution.models import Delivery
from distribution.transports.postgres import dumped, restore
from distribution.transports.sealed import Sealer, Unsealable, key_id, opened
from leads.models import Lead
from leads.services.standstill import stand_still

WITHOUT_ROWS = ("pullqueue_session", "pullqueue_failedtry", "distribution_heartbeat")
"""What is of no use elsewhere: whoever is signed in signs in anew."""
DATABASE, FILES, MANIFEST = "database.sealed", "files.sealed", "manifest.json"


class CannotRestore(Exception):
    """The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    folder: Path
    leads: int
    size: int
    keys: list[str]


def back_up(*, to: Path, now: datetime) -> Done:
    """Write a new folder below `to`; it gets its name when it is whole. Raises ProgramProblem, OSError."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = to / f"switchyard-{now:%Y%m%d-%H%M%S}"
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    keys = [key_id(key) for key in settings.ENCRYPTION_KEYS]
    count = Lead.objects.count()
    with _sealed(unfinished / DATABASE) as sealer:
        for piece in dumped(without_rows_of=WITHOUT_ROWS):
            sealer.write(piece)
    with _sealed(unfinished / FILES) as sealer, tarfile.open(fileobj=sealer, mode="w|") as tar:  # type: ignore[call-overload]
        if settings.FILES_ROOT.exists():
            tar.add(settings.FILES_ROOT, arcname=".")
    parts = {name: _sum(unfinished / name) for name in (DATABASE, FILES)}
    told = {"made": now.isoformat(), "leads": count, "keys": keys, "parts": parts, "migrations": _migrations()}
    with _private(unfinished / MANIFEST) as out:
        out.write(json.dumps(told, indent=1).encode())
    unfinished.rename(folder)
    return Done(folder, count, sum(one.stat().st_size for one in folder.iterdir()), keys)


class _sealed:  # noqa: N801 -- used as a word
    """A file of mode 600 into which everything goes sealed under the newest key."""

    def __init__(self, path: Path) -> None:
        self.file = _private(path)
        self.sealer = Sealer(self.file, settings.ENCRYPTION_KEYS[0])

    def __enter__(self) -> Sealer:
        return self.sealer

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.sealer.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations)


def put_back(*, folder: Path, now: datetime) -> datetime:
    """Fill the empty database and the empty FILES_ROOT from a backup; then everything stands still. Return when the backup was made.

    Raises CannotRestore, ProgramProblem.
    """
    told = _read_manifest(folder)
    key = _key_for(told["keys"])
    for name, expected in told["parts"].items():
        if _sum(folder / name) != expected:
            raise CannotRestore(f"{name} is not what was written: the backup is damaged. Use another one.")
    unknown = sorted(set(told["migrations"]) - {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations})
    if unknown:
        raise CannotRestore(f"The backup is of a newer version of the product (it knows {unknown[0]}). Install that version first.")
    _require_empty()
    made = datetime.fromisoformat(told["made"])
    try:
        with (folder / DATABASE).open("rb") as sealed:
            restore(opened(sealed, key))
        _unpack(folder / FILES, key)
    except Unsealable as problem:
        raise CannotRestore(str(problem)) from None
    connection.close()
    stand_still(reason="Restored from a backup", now=now, backup_of=made)
    return made


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        return {name: found[name] for name in ("made", "keys", "parts", "migrations")}
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotRestore(f"{folder} holds no whole backup: {MANIFEST} cannot be read. Name the folder that backup printed.") from None


def _key_for(names: list[str]) -> str:
    known: dict[str, str] = {key_id(key): key for key in settings.ENCRYPTION_KEYS}
    if missing := [name for name in names if name not in known]:
        raise CannotRestore(
            f"ENCRYPTION_KEYS lacks the key {', '.join(missing)}: without it neither the backup nor the secrets in it can be read. "
            "Put it back from where you keep keys, and start again."
        )
    return known[names[0]]


def _require_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()[0]
    if tables:
        raise CannotRestore("The database is not empty. Make a new one, name it in DATABASE_URL, and restore into that.")
    if settings.FILES_ROOT.exists() and any(settings.FILES_ROOT.iterdir()):
        raise CannotRestore(f"{settings.FILES_ROOT} is not empty. Move it away, or set FILES_ROOT to a new folder.")


def _unpack(path: Path, key: str) -> None:
    settings.FILES_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("rb") as sealed, tarfile.open(fileobj=_Reader(opened(sealed, key)), mode="r|") as tar:  # type: ignore[call-overload]
        tar.extractall(settings.FILES_ROOT, filter="data")


class _Reader:
    """A stream's pieces as a file that can only be read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.held = pieces, bytearray()

    def read(self, size: int) -> bytes:
        while len(self.held) < size and (piece := next(self.pieces, None)) is not None:
            self.held += piece
        taken = bytes(self.held[:size])
        del self.held[:size]
        return taken


def in_doubt() -> Any:
    """Deliveries that were open when the backup was made: they may have been sent since, or stand in doubt by themselves."""
    states = [*OPEN_STATES, DeliveryState.UNKNOWN]
    return Delivery.objects.filter(state__in=states).select_related("lead", "client", "account").order_by("-created", "-id")
