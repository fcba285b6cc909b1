"""Where people's data stand: one registry of columns that erasure blanks. Each floor adds its own; a test finds columns in neither list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leads.models.lead import STANDARD_COLUMNS


@dataclass(frozen=True, slots=True)
class Personal:
    """Rows of a model that speak of a lead: `lead` is the way there, `blanks` what erasure writes into which column.

    `kept` are texts without people's data. With `goes` the rows themselves are deleted.
    """

    model: str
    lead: str = "lead"
    blanks: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    goes: bool = False


EVIDENCE = ("consent_url",)
"""The address of a certificate that its office keeps: it proves the consent, and names nobody."""
NULLED = ("latitude", "longitude", "date_of_birth")
LEAD_BLANKS: dict[str, Any] = {name: None if name in NULLED else "" for name in STANDARD_COLUMNS if name not in EVIDENCE}
LEAD_BLANKS |= {"custom": {}, "unmapped": {}, "zones": [], "states": []}

REGISTRY: list[Personal] = [
    Personal("leads.Submission", blanks={"body": {}, "address": "", "agent": ""}, kept=("channel",)),
    Personal("leads.Fingerprint", goes=True),
    Personal("leads.Note", goes=True),
    Personal("leads.Correction", blanks={"before": {}, "after": {}}),
    Personal("leads.Event", kept=("kind", "about", "data")),
]


def holds(*more: Personal) -> None:
    """Say where a floor above keeps people's data."""
    REGISTRY.extend(more)
