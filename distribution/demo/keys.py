"""The sample campaigns' keys, kept in a file that only its owner reads; the database knows only their digests."""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from leads.models import Campaign
from leads.services.keys import create_key
from pullqueue.models import User

NAME = "Samples: manage.py trickle"


def write_keys(campaigns: Iterable[Campaign], *, by: User, now: datetime) -> Path:
    """Make a real key for every campaign and write them where `manage.py trickle` reads them. Returns the file."""
    keys = {campaign.name: create_key(campaign=campaign, by=by, name=NAME, now=now)[1] for campaign in campaigns}
    path = Path(settings.DEMO_KEYS_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(keys, handle, indent=1)
    new.rename(path)
    return path


def read_keys(path: Path) -> dict[str, str]:
    """Return the keys by campaign name. Raises FileNotFoundError."""
    found = json.loads(path.read_text())
    return {str(name): str(key) for name, key in found.items()}
