"""How many leads a client may give back, and until when (spec: delivery.md, States)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may ask for itself. A manager is bound by none of it.

    `percent` is of the client's sales of the calendar month in which the lead was sold, in the company's zone; `sales` are
    those sales, and `asked` its returns of them that are granted or wait.
    """

    days: int
    percent: int
    sales: int
    asked: int

    @property
    def most(self) -> int:
        return self.sales * self.percent // 100

    def refusal(self, *, sold_at: datetime, now: datetime) -> str:
        """Why one more may not be asked for, in words; empty when it may."""
        if now > sold_at + timedelta(days=self.days):
            return f"A lead can be returned for {self.days} days after it was sold. Ask the seller about this one."
        if self.asked >= self.most:
            return (
                f"{self.percent}% of a month's leads can be returned: {self.most} of {self.sales} sold that month, "
                f"and {self.asked} were asked for. Ask the seller about this one."
            )
        return ""
