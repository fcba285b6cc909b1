"""The columns of the delivery report: what each shows, in which unit, which way is better, and the rows it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from distribution.reports.sums import Sums

type Value = int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is count, money, percent or seconds; `rows` the measure whose list its number opens; `good` which way is better."""

    name: str
    title: str
    kind: str
    of: Callable[[Sums], Value]
    rows: str = ""
    good: int = 0
    help: str = ""


def _count(name: str, title: str, good: int = 0, help: str = "") -> Column:  # noqa: A002 -- the word for it
    def of(sums: Sums) -> Value:
        return int(getattr(sums, name))

    return Column(name, title, "count", of, name, good, help)


OFFERED = _count("offered", "Offered", help="Offers made on these days")
SOLD = _count("sold", "Sold", 1, "Accepted by the client on these days; one that was returned later stays")
REFUSED = _count("refused", "Refused", -1, "Refused on these days, or bounced")
FAILED = _count("failed", "Failed", -1, "Came to nothing for technical reasons")
RETURNED = _count("returned", "Returned", -1, "Returns granted on these days, whenever the lead was sold")
RATE = Column("rate", "Accepted", "percent", lambda sums: sums.rate, good=1, help="Sold, of all offers that ended")
REVENUE = Column("revenue", "Revenue", "money", lambda sums: sums.net, "sold", 1, "Sold on these days, less returns granted on these days")
COST = Column("cost", "Cost", "money", lambda sums: Decimal(sums.cost) / 100, "leads", 0, "Of the leads received on these days")
MARGIN = Column("margin", "Margin", "money", lambda sums: sums.net - Decimal(sums.cost) / 100, "", 1, "Revenue less cost")
BOUGHT = Column("cost", "Cost of sold", "money", lambda sums: Decimal(sums.bought) / 100, "sold", 0, "What the sold leads had cost")
BOUGHT_MARGIN = Column(
    "margin", "Margin", "money", lambda sums: sums.net - Decimal(sums.bought) / 100, "", 1, "Revenue less what the sold leads had cost"
)
TIME = Column("seconds", "Time to sell", "seconds", lambda sums: sums.seconds, good=-1, help="From the offer to the yes, on average")
LEADS = _count("leads", "Leads in", 1, "Leads that intake accepted on these days")
MAILED = _count("mailed", "Mails", help="Deliveries by e-mail that ended on these days")
MAILS = (
    MAILED,
    _count("arrived", "Delivered", 1, "Known to have arrived, opened ones among them"),
    _count("opened", "Opened", 1, "Opened, clicked ones among them; scanners are no people"),
    _count("clicked", "Clicked", 1),
    _count("bounced", "Bounced", -1),
    Column("open_rate", "Open rate", "percent", lambda sums: percent(sums.opened, sums.mailed), good=1),
)
ENDS = (
    OFFERED,
    SOLD,
    REFUSED,
    FAILED,
    _count("doubted", "In doubt", -1, "A person decides whether the client has it"),
    _count("cancelled", "Cancelled", 0, "Suppressed or erased before it went out"),
    RETURNED,
)
SHOWN = {"money": "Sales and money", "ends": "Every end", "mail": "E-mail"}


def percent(part: int, whole: int) -> Decimal | None:
    """Part of the whole in percent; None of nothing."""
    return Decimal(part * 100) / whole if whole else None


def columns(show: str, *, of_clients: bool) -> tuple[Column, ...]:
    """The columns of a set. `of_clients`: a lead's cost counts once, on its day, so beside clients stands what their leads had cost."""
    if show == "mail":
        return (OFFERED, SOLD, *MAILS)
    if show == "ends":
        return ENDS
    money = (BOUGHT, BOUGHT_MARGIN) if of_clients else (COST, MARGIN)
    before = () if of_clients else (LEADS,)
    return (*before, OFFERED, SOLD, REFUSED, FAILED, RETURNED, RATE, REVENUE, *money, TIME)


def every_column(*, of_clients: bool) -> tuple[Column, ...]:
    """All columns, for files."""
    found: dict[str, Column] = {}
    for show in SHOWN:
        for column in columns(show, of_clients=of_clients):
            found.setdefault(column.name, column)
    return tuple(found.values())


def change(column: Column, now: Any, before: Any) -> Decimal | None:
    """Percent; None where there is nothing to compare with."""
    if now is None or not before or before < 0:
        return None
    return (Decimal(now) - Decimal(before)) * 100 / Decimal(before)
