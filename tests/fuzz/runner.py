"""schemathesis against a server that runs: whatever the OpenAPI allows, and what it does not, is sent; every answer is compared."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@dataclass(frozen=True, slots=True)
class Keys:
    """What the requests carry: the key of a campaign, and the token of an administrator."""

    campaign: str
    personal: str


def fuzz(address: str, keys: Keys, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it; the return code is not 0 when an answer was a 500, not in the schema, or not of its form."""
    program = Path(sys.executable).with_name("schemathesis")
    command = [str(program), "--config-file", str(CONFIGURATION), "run", f"{address}/api/schema/?format=json", *words]
    environment = os.environ | {"CAMPAIGN_KEY": keys.campaign, "PERSONAL_TOKEN": keys.personal}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
