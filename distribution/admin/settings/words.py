"""What the settings page says of each choice; the sentences of this page live here."""

from typing import NamedTuple

from distribution.domain.automation import Automation, Base, OnChange, Plan, Timeframe


class Card(NamedTuple):
    value: str
    title: str
    text: str


TITLES: dict[str, str] = {
    Automation.PRICE: "Price",
    Automation.PRIORITY: "Priority",
    Automation.ROUND_ROBIN: "Round robin",
    Automation.WEIGHTED: "Weighted",
    Automation.PERCENTAGE: "Percentage",
    Automation.GEOLOCATION: "Geolocation",
    Base.BALANCED: "Balanced",
    "": "None",
}

DEFAULTS = (
    Card(Automation.WEIGHTED, "Weighted", "Each client gets its share of the leads it is eligible for."),
    Card(Automation.PERCENTAGE, "Percentage", "Each client gets its share of all leads in an hour, day, week or month."),
    Card(Automation.ROUND_ROBIN, "Round robin", "Whoever has waited longest for a turn comes first."),
    Card(Automation.PRICE, "Price", "The highest price comes first."),
    Card(Automation.PRIORITY, "Priority", "The lowest number comes first, 0 is the top."),
    Card(Automation.GEOLOCATION, "Geolocation", "The client nearest to the lead comes first."),
)
SECONDARIES = (
    Card("", "None", "Among equals the older client comes first."),
    Card(Automation.PRICE, "Price", "The higher price wins the tie."),
    Card(Automation.PRIORITY, "Priority", "The lower number wins."),
    Card(Automation.ROUND_ROBIN, "Round robin", "Whoever has waited longer wins."),
    Card(Automation.GEOLOCATION, "Geolocation", "The nearer client wins."),
    Card(Automation.WEIGHTED, "Weighted", "Whoever is further below its weight's share wins."),
    Card(Automation.PERCENTAGE, "Percentage", "Whoever is further below its percentage wins."),
)
BASES = (
    Card(Base.BALANCED, "Balanced", "The fairest sequence there is: nobody gets far ahead of its share, nobody falls far behind."),
    Card(Base.PRICE, "Price", "Of the clients that are due, the highest price comes first."),
    Card(Base.PRIORITY, "Priority", "Of the clients that are due, the lowest number comes first."),
    Card(Base.ROUND_ROBIN, "Round robin", "Of the clients that are due, whoever has waited longest comes first."),
    Card(Base.GEOLOCATION, "Geolocation", "Of the clients that are due, the nearest comes first."),
)
TIMEFRAMES = (
    Card(Timeframe.HOUR, "Hour", ""),
    Card(Timeframe.DAY, "Day", ""),
    Card(Timeframe.WEEK, "Week", ""),
    Card(Timeframe.MONTH, "Month", ""),
)
ON_CHANGE = (
    Card(OnChange.RESTART, "Restart", "The cycle begins again at the oldest client."),
    Card(OnChange.CONTINUE, "Continue", "Everybody keeps its place; the newcomer comes first, never having been served."),
)

_PRIMARY = {
    Automation.PRICE: "the highest price first",
    Automation.PRIORITY: "the lowest priority number first",
    Automation.ROUND_ROBIN: "turns, longest waiting first",
    Automation.WEIGHTED: "weighted shares",
    Automation.PERCENTAGE: "percentages of all leads",
    Automation.GEOLOCATION: "distance, nearest first",
}


def spoken(plan: Plan) -> str:
    """Say by what a lead goes: "weighted shares, balanced"."""
    shared = plan.automation in (Automation.WEIGHTED, Automation.PERCENTAGE)
    return _PRIMARY[plan.automation] + (f", {TITLES[plan.base].lower()}" if shared else "")


def short(automation: str, secondary: str | None) -> str:
    """Say an ordering in three words: "Round robin, then price"."""
    return TITLES[automation] + (f", then {TITLES[secondary].lower()}" if secondary else "")
