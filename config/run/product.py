"""The product of one folder, from the services up to the web page and down again."""

import fcntl
import http.client
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from config.run import installation
from config.run.keeper import Keeper
from config.run.ports import MAIL, buyer_port, files_port, next_free, web_port
from config.run.screen import counts, say, say_with_time, step, welcome
from config.run.table import CHECKOUT, Ports, processes
from config.services import ServiceError, Services
from config.services.ensure import development_environment

STATUS_SECONDS = 30.0
WEB_SECONDS = 60.0
LOW_MEGABYTES = 200


def run(var: Path) -> None:
    """Run until Ctrl-C or SIGTERM (KeyboardInterrupt)."""
    with only_one(var), environment(var) as own:
        chosen = choose_ports(var)
        os.environ.update(addresses(chosen))
        demo = installation.prepare(own_database=own is not None)
        keeper = Keeper(processes(chosen, demo=demo), logs=var / "log", environment=os.environ, say=say_with_time)
        try:
            with step("Starting the web server"):
                keeper.start("web")  # first and alone, so that the page is there soon
                people = installation.people()  # checking a password takes time on purpose; the web server starts meanwhile
                wait_for_web(chosen.web, keeper)
            keeper.start()
            say(f"Starting {', '.join(kept.process.name for kept in keeper.kept if kept.process.name != 'web')}")
            say(welcome(f"http://127.0.0.1:{chosen.web}/", people, notes(chosen, keeper.logs, demo=demo)))
            watch(keeper, own, var)
        finally:
            ignore_signals()
            say("Stopping ...")
            keeper.stop()


def choose_ports(var: Path) -> Ports:
    web, buyer = web_port(), buyer_port(var)
    mail = next_free(MAIL, frozenset({web, buyer}))
    files = files_port(var)
    return Ports(web=web, buyer=buyer, files=files, mail=mail, mail_page=next_free(mail + 1, frozenset({web, buyer})))


def notes(chosen: Ports, logs: Path, *, demo: bool) -> list[str]:
    lines = [f"  No mail leaves this machine: http://127.0.0.1:{chosen.mail_page}/ lists it."]
    if demo:
        lines += [f"  The demo buyer answers for the sample clients: http://127.0.0.1:{chosen.buyer}/ lists what they got."]
    return [*lines, f"  Logs are in {show(logs)}.", ""]


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Refuse a second start from the same folder, and say which process is the first."""
    var.mkdir(exist_ok=True)
    with (var / "run.lock").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            first = held.read().strip()
            raise ServiceError(f"Switchyard already runs from this folder (process {first}). Stop it first: Ctrl-C there.") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


@contextmanager
def environment(var: Path) -> Iterator[Services | None]:
    """Set os.environ for Django and for every process; yield the servers we run, None where DATABASE_URL and REDIS_URL name others."""
    given = {name: bool(os.environ.get(name)) for name in ("DATABASE_URL", "REDIS_URL")}
    if len(set(given.values())) > 1:
        missing = next(name for name, is_set in given.items() if not is_set)
        raise ServiceError(f"{missing} is missing: set both DATABASE_URL and REDIS_URL, or neither to use the built-in servers.")
    os.environ.update(development_environment(var))
    if all(given.values()):
        os.environ.setdefault("CELERY_BROKER_URL", os.environ["REDIS_URL"])
        require_redis(os.environ["REDIS_URL"])
        yield None
        return
    servers = Services(var, say=say)
    with step("Starting PostgreSQL and Valkey"):
        servers.start(join=False)
    os.environ.update(servers.settings())
    try:
        yield servers
    finally:
        ignore_signals()
        servers.stop()


def require_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as problem:
        raise ServiceError(f"Valkey cannot be used: {problem} Look at REDIS_URL and at that server.") from None


def ignore_signals() -> None:
    """From here on nothing interrupts the orderly stop, which is bounded in time anyway."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def addresses(chosen: Ports) -> dict[str, str]:
    return {
        "PUBLIC_URL": f"http://127.0.0.1:{chosen.web}",
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": str(chosen.mail),
        "MAIL_BOUNCE_ADDRESS": os.environ.get("MAIL_BOUNCE_ADDRESS", "bounces@switchyard.example"),
        "DEMO_BUYER_PORT": str(chosen.buyer),
        "DEMO_SFTP_PORT": str(chosen.files),
        "OUTBOUND_SFTP_PORTS": os.environ.get("OUTBOUND_SFTP_PORTS", f"22,2222,{chosen.files}"),
        "OUTBOUND_ALLOWED_NETWORKS": os.environ.get("OUTBOUND_ALLOWED_NETWORKS", "127.0.0.1/32"),
        "OUTBOUND_PORTS": os.environ.get("OUTBOUND_PORTS", f"80,443,8080,8443,{chosen.buyer}"),
        "PYTHONUNBUFFERED": "1",  # so that the logs can be read while they are written
    }


def wait_for_web(port: int, keeper: Keeper) -> None:
    deadline = time.monotonic() + WEB_SECONDS
    while not answers(port):
        if time.monotonic() > deadline:
            raise ServiceError(f"The web server did not answer within {WEB_SECONDS:.0f} s. Its log: {keeper.logs / 'web.log'}")
        keeper.tick(time.monotonic())
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Tell whether an HTTP server answers, with whatever status."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("HEAD", "/")
        return line.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def watch(keeper: Keeper, own: Services | None, var: Path) -> None:
    """Start anew what dies and say now and then how it goes, until interrupted."""
    told = time.monotonic() - STATUS_SECONDS + 15
    while True:
        time.sleep(0.5)
        if own:
            revive(own)
        keeper.tick(time.monotonic())
        if time.monotonic() - told >= STATUS_SECONDS:
            told = time.monotonic()
            say_with_time(counts(installation.outcomes(), len(keeper.running()), keeper.planned()))
            warn_of_full_disk(var)


def revive(own: Services) -> None:
    for name in own.dead():
        say_with_time(f"{name} ended and is started again; what was committed is kept.")
        try:
            own.revive(name)
        except ServiceError as problem:
            say_with_time(str(problem))
            time.sleep(5)


def warn_of_full_disk(var: Path) -> None:
    free = shutil.disk_usage(var).free // 1_000_000
    if free < LOW_MEGABYTES:
        say_with_time(f"The disk that holds {var} is almost full ({free} MB free). Free some space, or leads will be refused.")


def show(path: Path) -> str:
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)
