"""`make bench`: every speed goal as a ratio to the machine's own limit, measured next to it in one run.

A figure misses its gate only when the ratio does; absolute numbers are printed for the curious.
`make bench ARGS="decide fair"` runs some; `ARGS=--quick` the short form.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path


def main(arguments: list[str]) -> int:
    from config.services import Services
    from config.services.secrets import MADE_ONCE

    quick = "--quick" in arguments
    chosen = [name for name in arguments if not name.startswith("-")]
    root = Path(tempfile.mkdtemp(prefix="switchyard-bench-"))
    services = Services(root, durable=True).start()
    os.environ.update(services.settings() | {name: make() for name, make in MADE_ONCE.items()})
    os.environ |= {"SWITCHYARD_ENV": "development", "DJANGO_SETTINGS_MODULE": "config.settings", "PUBLISHES_WAKE_UPS": "0"}
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from tests.bench import backtest, decisions, importing, intake, leadlist, pages, pulls, reports, routing, sandbox, shares

        modules = {"decide": decisions, "fair": shares, "route": routing, "intake": intake, "sandbox": sandbox}
        modules |= {"backtest": backtest, "settings": pages, "import": importing, "list": leadlist, "pulls": pulls, "reports": reports}
        unknown = [name for name in chosen if name not in modules]
        if unknown:
            print(f"No such bench: {', '.join(unknown)}. There are: {', '.join(modules)}.")
            return 2
        missed = report(figure for name in chosen or modules for figure in modules[name].measure(quick=quick))
    finally:
        services.stop()
        shutil.rmtree(root, ignore_errors=True)
    print(f"{missed} gates missed" if missed else "All gates reached")
    return 1 if missed else 0


def report(figures: Iterable["object"]) -> int:
    """Print a line a figure and return how many missed their gate."""
    from tests.bench.figures import Figure

    print(f"{'figure':<44}{'measured':>14}{'floor':>14}{'ratio':>10}{'gate':>10}")
    missed = 0
    for figure in figures:
        assert isinstance(figure, Figure)
        print(figure.line(), flush=True)
        missed += not figure.reached
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
