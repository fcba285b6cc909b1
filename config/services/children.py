"""Child processes that end with their parent, and the guises in which PostgreSQL agrees to run."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SELF = Path(os.sep, "proc", "self")


@dataclass(frozen=True, slots=True)
class Guise:
    """Who a child is: ourselves, uid 1000 in a user namespace of its own, or another user."""

    namespace: bool = False
    user: int | None = None
    group: int | None = None

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.user is None else []


OURSELVES = Guise()


def choose_guise() -> Guise:
    """Return the guise for PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return OURSELVES
    if user_namespaces_work():
        return Guise(namespace=True)
    return nobody()


def nobody() -> Guise:
    user = pwd.getpwnam("nobody")
    return Guise(user=user.pw_uid, group=user.pw_gid)


def user_namespaces_work() -> bool:
    """Tell whether root may look like an ordinary user here; many containers refuse."""
    if sys.platform != "linux":
        return False
    try:
        probe = subprocess.run([sys.executable, "-c", ""], preexec_fn=_look_unprivileged, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return probe.returncode == 0


def spawn(
    args: Iterable[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    last_wish: signal.Signals,
    guise: Guise = OURSELVES,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, its output appended to `log`, its working folder `folder` or /.

    When this process dies, even by SIGKILL, the child gets `last_wish`.

    Call it from the main thread: the kernel sends the last wish when the *thread* that started the child ends.
    """
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(arg) for arg in args],
            env=dict(env),
            cwd=folder or os.sep,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C at the terminal reaches the supervisor only, which stops its children in order
            preexec_fn=_before(guise, last_wish),  # noqa: PLW1509 -- called from the main thread, before there are others
            user=guise.user,
            group=guise.group,
            extra_groups=guise.extra_groups,
        )


def run(args: Iterable[str | Path], *, env: Mapping[str, str], guise: Guise = OURSELVES) -> str:
    """Run a helper program to its end and return what it printed; CalledProcessError holds its complaint."""
    done = subprocess.run(
        [str(arg) for arg in args],
        env=dict(env),
        cwd=os.sep,
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        preexec_fn=_before(guise, signal.SIGTERM),
        user=guise.user,
        group=guise.group,
        extra_groups=guise.extra_groups,
    )
    return done.stdout.strip()


def _before(guise: Guise, last_wish: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def before() -> None:
        if guise.namespace:
            _look_unprivileged()
        if prctl:  # after the change of user, which would clear it
            prctl(_PR_SET_PDEATHSIG, last_wish)
            if os.getppid() != parent:  # the parent died in between
                os._exit(1)

    return before


def _look_unprivileged() -> None:
    # uid 0 outside, uid 1000 to itself: PostgreSQL agrees to run and every file stays root's.
    os.unshare(os.CLONE_NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
        (_SELF / name).write_text(text)


def processes_in(folder: Path) -> list[int]:
    """Return the numbers of live processes whose working folder is `folder`; a server works in its data folder.

    A zombie has none, so unlike "is that number alive" this does not take the dead for living.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:  # gone, a zombie, or another user's
            continue
    return sorted(found)
