"""What a sender is told of a lead, and how it is kept so that a repeat is told the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from leads.domain.intake import FieldError
from leads.enums import LeadStatus
from leads.models import Lead

UNREADABLE = "error"
"""Status of what was no lead at all: nothing is stored."""

HTTP: dict[str, int] = {
    LeadStatus.ACCEPTED: 201,
    LeadStatus.DUPLICATE: 200,
    LeadStatus.SUPPRESSED: 200,
    LeadStatus.REJECTED: 422,
    UNREADABLE: 400,
}
"""The API's answer by what intake said."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`lead` is None when the answer is a repeated one, `lead_id` when nothing was stored."""

    lead_id: UUID | None
    status: str
    errors: tuple[FieldError, ...] = ()
    lead: Lead | None = None
    is_replay: bool = False

    @property
    def http(self) -> int:
        return 413 if any(error.code == "too_large" for error in self.errors) else HTTP[self.status]

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": str(self.lead_id)} if self.lead_id else {}
        told["status"] = str(self.status)
        if self.errors:
            told["errors"] = [asdict(error) for error in self.errors]
        return told

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Receipt":
        errors = tuple(FieldError(**error) for error in kept.get("errors", ()))
        return cls(UUID(kept["id"]) if "id" in kept else None, kept["status"], errors, is_replay=True)
