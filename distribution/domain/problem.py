"""What is wrong with a setting, at its place, with the remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    field: str
    code: str
    message: str
