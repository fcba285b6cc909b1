"""The thin commands: a taken port, a missing package and missing keys each get one clear sentence."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from distribution.demo.clear import Removed
from distribution.demo.local import local_packages

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        yield line.getsockname()[1]


@pytest.mark.parametrize(
    "words",
    [["demo_buyer", "--sftp-port", "0", "--port"], ["demo_buyer", "--port", "0", "--sftp-port"], ["smtp_sink", "--port"]],
)
def test_a_taken_port_is_said(words: list[str], taken_port: int) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(*words, str(taken_port), stdout=StringIO())
    assert str(refused.value) == f"Port {taken_port} is taken by another program. Choose another one."


IN_PRODUCTION = """
import sys
for name in ("factory", "faker", "aiosmtpd"):
    sys.modules[name] = None
import django
django.setup()
from django.core.management import CommandError, call_command
for command in ("seed", "trickle", "smtp_sink", "demo_buyer"):
    try:
        call_command(command, *sys.argv[1:] if command == "demo_buyer" else ())
    except CommandError as refused:
        print(command, "|", refused)
"""


def test_a_production_install_is_told_which_package_is_missing(taken_port: int) -> None:
    """In a process of its own, where the packages of the group `local` cannot be imported; the buyer needs none of them."""
    words = [sys.executable, "-c", IN_PRODUCTION, "--sftp-port", "0", "--port", str(taken_port)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    ran = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT, env=environment, timeout=120)
    said = dict(line.split(" | ") for line in ran.stdout.splitlines() if " | " in line)
    missing = "The samples need the package {}, which production installs leave out. Install the development packages with bin/setup."
    assert said == {
        "seed": missing.format("factory-boy"),
        "trickle": missing.format("faker"),
        "smtp_sink": missing.format("aiosmtpd"),
        "demo_buyer": f"Port {taken_port} is taken by another program. Choose another one.",
    }


def test_another_missing_module_is_no_sample_s_fault() -> None:
    with pytest.raises(ModuleNotFoundError), local_packages():
        raise ModuleNotFoundError("No module named 'leads.lost'", name="leads.lost")


def test_without_keys_the_trickle_ends_well_and_says_what_makes_them(settings: Any, tmp_path: Path) -> None:
    settings.DEMO_KEYS_FILE = tmp_path / "none.json"
    said = StringIO()
    call_command("trickle", stdout=said)
    assert said.getvalue() == f"No samples here: {tmp_path}/none.json is missing. manage.py seed makes it. Nothing is posted.\n"


def test_a_pace_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("trickle", "--per-minute", "0")
    assert str(refused.value) == "--per-minute is a number above 0."


@pytest.mark.django_db
def test_with_enough_leads_the_trickle_posts_none(settings: Any, tmp_path: Path) -> None:
    settings.DEMO_KEYS_FILE = tmp_path / "keys.json"
    settings.DEMO_KEYS_FILE.write_text('{"Auto insurance, search": "sw_live_x"}')
    said = StringIO()
    call_command("trickle", "--most", "0", "--url", "http://127.0.0.1:9", stdout=said)
    assert said.getvalue() == "Enough leads are there; the trickle ends. Posted nothing.\n"


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    told = Removed(counts={"clients": 1, "deliveries": 1, "people": 1, "campaigns": 2}).say()
    assert told.startswith("Removed 1 client, 1 delivery, 1 person, 2 campaigns.")
