#!/usr/bin/env python
"""Django's command line; in a fresh clone it brings its own PostgreSQL and Valkey."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from config.services import ensure_services  # noqa: PLC0415 -- the path is set by now

    with ensure_services():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
