"""`make chaos`: the product under faults. Workers, web, broker and database are killed while leads come in; then the audit.

`ARGS=--quick` is the short form of continuous integration; `--leads 10000 --clients 50 --misbehaving 10` and `--seed 7` choose.
Without `--misbehaving` every client misbehaves now and then; with it so many do, and badly, and the others never. Exit 1 when a check
is not 0.
"""

import argparse
import asyncio
import os
import random
import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--quick", action="store_true", help="300 leads, about a minute")
    parser.add_argument("--leads", type=int, default=None, help="3,000 if not said")
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--misbehaving", type=int, default=None, help="so many clients drop, stall, babble and fail; the others never do")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.clients < 1 or not 0 <= (chosen.misbehaving or 0) <= chosen.clients:
        parser.error("--clients is at least 1, and --misbehaving at most as many.")
    leads = chosen.leads or (300 if chosen.quick else 3_000)
    folder = Path(tempfile.mkdtemp(prefix="switchyard-chaos-"))
    missed = 1
    try:
        missed = run(folder, leads=leads, clients=chosen.clients, misbehaving=chosen.misbehaving, seed=chosen.seed, quick=chosen.quick)
    finally:
        if missed:
            print(f"The logs are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if missed else 0


def run(folder: Path, *, leads: int, clients: int, misbehaving: int | None, seed: int, quick: bool) -> int:
    from config.services import Services
    from config.services.secrets import MADE_ONCE

    services = Services(folder / "services", durable=True).start()
    os.environ.update(services.settings() | {name: make() for name, make in MADE_ONCE.items()})
    sink = free_port()
    os.environ |= {
        "SWITCHYARD_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "OUTBOUND_ALLOWED_NETWORKS": "127.0.0.0/8",
        "OUTBOUND_PORTS": str(sink),
        "INTAKE_RATE": "100000",
        "INTAKE_BURST": "100000",
        "BEAT_SCHEDULE_FILE": str(folder / "beat"),
    }
    import django

    django.setup()
    from django.core.management import call_command

    from tests.chaos.house import House
    from tests.chaos.world import build

    call_command("migrate", verbosity=0)
    key, made = build(sink=sink, leads=leads, clients=clients)
    bad = None if misbehaving is None else made[len(made) - misbehaving :]
    if bad is not None:
        print(f"{clients} clients, of which {misbehaving} misbehave")
    house = House(services, folder, free_port(), sink, bad)
    try:
        house.start_all()
        house.wait_for_web()
        return play(house, key, leads=leads, seed=seed, quick=quick)
    finally:
        house.stop()
        services.stop()


def play(house: object, key: str, *, leads: int, seed: int, quick: bool) -> int:
    from tests.chaos.audit import audit, figures
    from tests.chaos.faults import disturb, quiet
    from tests.chaos.house import House
    from tests.chaos.senders import Sources

    assert isinstance(house, House)
    sources = Sources(house.port, key, leads)
    sending = threading.Thread(target=lambda: asyncio.run(sources.run()), daemon=True)
    began = time.monotonic()
    sending.start()
    faults = disturb(house, sending, random.Random(seed), quick=quick)
    sending.join()
    drained = quiet(house)
    checks = audit(sources.acknowledged, house.folder / "sink.jsonl", sources.server_errors)
    print(
        f"{leads} leads, {len(faults)} faults, {house.restarts} restarts, {time.monotonic() - began:.0f} s; drained {drained:.0f} s after"
    )
    for line in [", ".join(f"{name} {faults.count(name)}" for name in sorted(set(faults))), *figures()]:
        print(line)
    for check in checks:
        print(f"{check.id:<4}{check.found:>6}  {check.meaning}")
    missed = sum(check.found > 0 for check in checks) + (len(sources.acknowledged) != leads)
    print("All checks are 0" if not missed else f"{missed} checks are not 0")
    return missed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
