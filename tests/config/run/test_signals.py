"""What ends a run from outside."""

import subprocess
import sys

import pytest

RUN = """
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
from config.run import __main__ as start
def busy(var):
    os.kill(os.getpid(), signal.{name})
    time.sleep(1)
    print("went on")
start.run = busy
start.main()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_run_in_the_background_of_a_script_stops_when_told_to(name: str) -> None:
    ended = subprocess.run([sys.executable, "-c", RUN.format(name=name)], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout.splitlines()) == (0, ["Stopped. The data are kept; make run continues with them."])
