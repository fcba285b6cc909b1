"""What goes to a transport and what it reports; plain values, so that no transport touches the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from distribution.domain.answers import Rule
from distribution.domain.retry import Outcome


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery, ready to go. `payload` is the request as it was first written, with a place for the secret."""

    delivery: UUID
    payload: Mapping[str, Any]
    sent_at: datetime
    secret: str = field(default="", repr=False)
    auth_kind: str = "none"
    auth_user: str = ""
    token_url: str = ""
    token_scope: str = ""
    rules: tuple[Rule, ...] = ()
    server_error: Outcome = Outcome.IN_DOUBT
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one attempt. `request` and `answer` are masked; `retry_after` in seconds, as the client asked."""

    outcome: Outcome
    message: str = ""
    status: int | None = None
    rule: str = ""
    is_duplicate: bool = False
    price: Decimal | None = None
    bid: Decimal | None = None
    """The same, rounded down: what a ping offers."""
    reference: str = ""
    retry_after: float | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    request_sha256: str = ""
    answer: str = ""
