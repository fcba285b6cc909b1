"""A time zone found by typing a part of its name; those of the United States first, by the names people say."""

from collections.abc import Iterable
from typing import Any

from django.forms import Media
from unfold.widgets import UnfoldAdminSelect2Widget

from leads.models.fields import ZONES

UNITED_STATES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic",
    "Pacific/Guam": "Chamorro",
    "Pacific/Pago_Pago": "Samoa",
}
OTHERS = "Other names"


def spoken(name: str) -> str:
    """`Eastern – America/New York` of `America/New_York`."""
    said = name.replace("_", " ")
    return f"{UNITED_STATES[name]} – {said}" if name in UNITED_STATES else said


def _grouped(names: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {"United States": [(name, spoken(name)) for name in UNITED_STATES]}
    for name in sorted(names, key=lambda one: ("/" not in one or one.startswith(("Etc/", "US/", "SystemV/")), one)):
        if name not in UNITED_STATES:
            region, mark, _ = name.partition("/")
            groups.setdefault(region if mark and region not in {"Etc", "US", "SystemV"} else OTHERS, []).append((name, spoken(name)))
    return list(groups.items())


CHOICES = _grouped(ZONES)


class ZoneWidget(UnfoldAdminSelect2Widget):
    """`empty` is what no zone means, such as "As the client"; without it one must be chosen."""

    def __init__(self, empty: str = "") -> None:
        super().__init__({"data-zones": ""}, [("", empty), *CHOICES] if empty else CHOICES)

    @property
    def media(self) -> Media:
        return Media(js=[*UnfoldAdminSelect2Widget.Media.js, "js/zones.js"], css=UnfoldAdminSelect2Widget.Media.css)

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        """Keep what was posted and is no zone, so that its error stands beside it."""
        groups = super().optgroups(name, value, attrs)
        wrong = [one for one in value if one and one not in ZONES]
        return groups + [(None, [self.create_option(name, one, one, selected=True, index=len(groups))], len(groups)) for one in wrong]
