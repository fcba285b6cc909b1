"""`make fuzz`: ten minutes of schemathesis over the whole API, on services of its own. ARGS="--seed 7" and the like are its options."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

LONG = ("--max-examples", "300", "--max-time", "600")


def main(words: list[str]) -> int:
    from config.services import Services
    from config.services.secrets import MADE_ONCE

    root = Path(tempfile.mkdtemp(prefix="switchyard-fuzz-"))
    services = Services(root, durable=False).start()
    os.environ.update(services.settings() | {name: make() for name, make in MADE_ONCE.items()})
    os.environ |= {"SWITCHYARD_ENV": "development", "DJANGO_SETTINGS_MODULE": "config.settings", "PUBLISHES_WAKE_UPS": "0"}
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from tests.bench.web import serving
        from tests.fuzz.runner import fuzz
        from tests.fuzz.world import make_keys

        keys = make_keys()
        with serving() as address:
            done = fuzz(address, keys, *LONG, *words)
        print(done.stdout)
    finally:
        services.stop()
        shutil.rmtree(root, ignore_errors=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
