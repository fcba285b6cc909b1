"""Why nobody bought a lead, and by what it was missed most narrowly.

A trace names the first check that an account failed: it passed every one before it. So the account whose check comes last in
the order of the checks came nearest; of those equally near, the one that pays most.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from distribution.domain.reasons import Reason
from distribution.domain.step import Candidate, OfferOutcome
from distribution.domain.why import NO_REMEDY, OFFERED, Fate


class Unsold(StrEnum):
    """Why a lead was not sold where no reason of a trace says it."""

    NOBODY = "nobody"
    """No account buys leads of its type."""
    REFUSED = "refused"
    FAILED = "failed"
    NOT_DISTRIBUTED = "not_distributed"


@dataclass(frozen=True, slots=True)
class Missed:
    """`reason` is an `Unsold` or what kept most accounts away; `miss`, `account` and `price` say who came nearest, and for how much."""

    reason: str
    miss: str = ""
    account: int = 0
    price: Decimal = Decimal(0)


def missed(candidates: Sequence[Candidate] | None, prices: Mapping[int, Decimal]) -> Missed:
    """Read a trace; None for a lead that was never distributed. `prices` are those of the accounts, or of their offers."""
    if candidates is None:
        return Missed(Unsold.NOT_DISTRIBUTED)
    if not candidates:
        return Missed(Unsold.NOBODY)
    near = max(candidates, key=lambda line: (_nearness(line), prices.get(line.account, Decimal(0)), -line.account))
    code = _code(near)
    if _nearness(near) < 0:
        return Missed(_reason(candidates))
    return Missed(_reason(candidates), code, near.account, prices.get(near.account, Decimal(0)))


def _code(line: Candidate) -> str:
    if line.offer is not None:
        return OFFERED[line.offer]
    return line.reason or Fate.BEHIND


_ORDER: dict[str, int] = {code: place for place, code in enumerate(Reason)}


def _nearness(line: Candidate) -> int:
    """The higher the nearer; below 0 for what nobody could or should change."""
    code = _code(line)
    # who was offered the lead passed every check, and a technical failure is no no
    if code in (Fate.REFUSED, Fate.FAILED, Fate.BOUNCED):
        return len(_ORDER) + (2 if code == Fate.FAILED else 1)
    return -1 if code in NO_REMEDY else _ORDER.get(code, len(_ORDER))


def _reason(candidates: Sequence[Candidate]) -> str:
    """Whoever was offered it decides; else what kept most accounts away, of equal ones the later check."""
    offers = {line.offer for line in candidates}
    if offers & {OfferOutcome.REJECTED, OfferOutcome.BOUNCED}:
        return Unsold.REFUSED
    if OfferOutcome.FAILED in offers:
        return Unsold.FAILED
    counted = Counter(_code(line) for line in candidates)
    return max(counted, key=lambda code: (counted[code], _ORDER.get(code, -1), code))
