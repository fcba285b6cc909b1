"""The days before the present, lived through by the real code with a clock of its own."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from random import Random

from distribution.demo.world import World
from distribution.services.versions import save_version


class Stage(StrEnum):
    """How much past the samples have."""

    EMPTY = "empty"
    DAY = "day"
    MONTH = "month"


def live_through(world: World, rng: Random, *, stage: Stage, now: datetime, say: Callable[[str], None]) -> None:
    """Let the leads of the past come in, be decided and delivered, and the settings change when they changed."""
    for change in world.changes[1:]:
        save_version(settings=change.settings, by=world.administrator, now=change.at(now), note=change.note)
