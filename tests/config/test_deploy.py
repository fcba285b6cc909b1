"""`manage.py check --deploy` in production's settings finds nothing."""

import os
import subprocess
import sys
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]


def deploy(**more: str) -> subprocess.CompletedProcess[str]:
    told = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"} | {
        "SWITCHYARD_ENV": "production",
        "SECRET_KEY": "k3J-9xQ_vT2mZr8LwYb5NcHs7DfGp4Ae6UiOoXj1RtWqVzMn-Aa3Bb5",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "leads.example",
        "SSL_REDIRECT": "true",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=told | more, text=True, capture_output=True, check=False, timeout=170)


def test_production_is_clean_and_what_is_unsafe_is_found() -> None:
    clean = deploy()
    assert clean.returncode == 0, clean.stderr
    assert "SECRET_KEY is missing, shorter" in deploy(SECRET_KEY="short").stderr
