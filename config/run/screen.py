"""What the person at the terminal sees."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


def say(sentence: str) -> None:
    """Print one line at once; a terminal that is gone is no reason to stop."""
    try:
        print(sentence, flush=True)
    except OSError:
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115, PTH123 -- for the rest of this process


def say_with_time(sentence: str) -> None:
    say(f"{time.strftime('%H:%M:%S')} {sentence}")


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step before it begins and say how long it took."""
    began = time.monotonic()
    say(f"{what} ...")
    yield
    say(f"  done in {time.monotonic() - began:.1f} s")


def welcome(address: str, people: list[tuple[str, str, str]], notes: list[str]) -> str:
    """Return the closing lines of a start; `people` are (role, user name, password)."""
    lines = ["", f"Switchyard runs at {address}", ""]
    if people:
        lines += [f"  {'':14}{'name':12}password"] + [f"  {role:14}{name:12}{password}" for role, name, password in people] + [""]
    return "\n".join([*lines, *notes, "Ctrl-C stops everything; the data stay.", ""])


def counts(outcomes: Mapping[str, int], running: int, planned: int) -> str:
    """Return the status line, such as "1,204 leads: 980 sold, 224 pending. 8 of 8 processes run."."""
    parts = ", ".join(
        f"{number:,} {outcome or 'not accepted'}" for outcome, number in sorted(outcomes.items(), key=lambda pair: -pair[1]) if number
    )
    leads = f"{sum(outcomes.values()):,} leads: {parts}" if parts else "No leads yet"
    return f"{leads}. {running} of {planned} processes run."
