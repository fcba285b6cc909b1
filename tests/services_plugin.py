"""PostgreSQL and Valkey for the tests: started before pytest-django reads the settings, gone afterwards.

Loaded by `-p tests.services_plugin` in pyproject.toml. The servers are always the tests' own, whatever DATABASE_URL says:
nobody's data are ever touched by a test.
"""

import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from config.services import ServiceError, Services
from config.services.secrets import MADE_ONCE

FOLDER = "switchyard-tests-"
_started: list[Services] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Set the environment that config.settings will read."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _sweep_up()
        services = Services(Path(tempfile.mkdtemp(prefix=FOLDER)), durable=False)
        _started.append(services)
        try:
            services.start()
        except ServiceError as problem:
            services.discard()
            raise pytest.UsageError(str(problem)) from None
        os.environ.update(services.settings() | _environment(services.root))
    else:  # xdist's workers inherit the environment and take two databases of Valkey each; Django names theirs test_..._gwN
        number = int(worker.removeprefix("gw")) + 1
        os.environ["CELERY_BROKER_URL"] = re.sub(r"virtual_host=\d+", f"virtual_host={2 * number}", os.environ["CELERY_BROKER_URL"])
        os.environ["REDIS_URL"] = re.sub(r"db=\d+", f"db={2 * number + 1}", os.environ["REDIS_URL"])


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().discard()


def _environment(root: Path) -> dict[str, str]:
    made = {name: make() for name, make in MADE_ONCE.items()}
    return made | {
        "SWITCHYARD_ENV": "development",
        "BEAT_SCHEDULE_FILE": str(root / "celerybeat-schedule"),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }


def _sweep_up() -> None:
    """Delete what killed test runs left behind; a live run holds its lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        try:
            with (folder / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody's live run, or another user's
            continue
