"""The quick forms of the long suites: what `make chaos` and `make bench` look for must hold in every run of the tests too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False
    )


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_sold_twice_whatever_is_killed() -> None:
    done = run("tests.chaos", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All checks are 0" in done.stdout


@pytest.mark.slow
def test_nobody_is_ever_further_from_its_share_than_the_bound() -> None:
    done = run("tests.bench", "fair", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All gates reached" in done.stdout
