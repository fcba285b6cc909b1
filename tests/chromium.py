"""The browser of the page tests: Debian's Chromium, never a downloaded one."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # its sandbox refuses root, and it opens nothing but our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ABSENT = "There is no Chromium here, so the page tests are skipped. Install it (Debian: apt install chromium) and run make test again."


def find_chromium() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def is_required() -> bool:
    """In continuous integration a missing browser is a failure, never a skip."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
