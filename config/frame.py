"""The frame around every page: the menu as a tree, who is signed in, the keys."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from leads.menu import PAGES, SECTIONS, SHORTCUTS, Place, place_of
from leads.viewer import viewer

ICONS = {
    "Home": "M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z",
    "Leads": "M5.5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 1.8-4 4-4s4 1.5 4 4M11 4h3.5M11 7.5h3.5M12 11h2.5",
    "Clients": "M2.5 13.5v-11h7v11M9.5 6h4v7.5M1.5 13.5h13M5 5h2M5 8h2M5 11h2",
    "Distribution": "M2 8h3.5l5-4.5H14M5.5 8l5 4.5H14M12 1.5l2 2-2 2M12 10.5l2 2-2 2",
    "Sales floor": "M3 2.5h3l1.2 3.2-1.7 1.2a8 8 0 0 0 3.6 3.6l1.2-1.7 3.2 1.2v3c0 .6-.5 1-1 1C7.3 13.5 2.5 8.7 2 3.5c0-.5.4-1 1-1z",
    "Reports": "M2.5 2.5v11h11M5.5 11V8M8.5 11V4.5M11.5 11V6.500",
    "Settings": "M2 4.5h6M11.5 4.5H14M2 11.5h2.5M8 11.5h6M9.75 6.25a1.75 1.75 0 1 0 0-3.500 1.75 1.75 0 0 0 0 3.500z"
    "M6.25 13.25a1.75 1.75 0 1 0 0-3.500 1.75 1.75 0 0 0 0 3.500z",
}
"""Paths of the sections' icons in a box of 16 by 16."""

KEYS = {"Leads": "g l", "Clients": "g c", "Distribution": "g d", "Reports": "g r", "Home": "g h"}


@dataclass(slots=True)
class Entry:
    title: str
    link: str
    order: int
    heading: str = ""
    is_here: bool = False
    is_above: bool = False
    """It is marked, and the page hangs under it."""
    count: int = 0


@dataclass(slots=True)
class Section:
    title: str
    icon: str
    keys: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def link(self) -> str:
        return self.entries[0].link

    @property
    def is_here(self) -> bool:
        return any(entry.is_here for entry in self.entries)

    @property
    def count(self) -> int:
        return sum(entry.count for entry in self.entries)

    @property
    def is_single(self) -> bool:
        return len(self.entries) == 1


def menu(request: HttpRequest) -> list[Section]:
    """Return the tree of what this person may open, in the order of the sections, with the present place marked."""
    sections = {title: Section(title, ICONS[title], KEYS.get(title, "")) for title in SECTIONS}
    for place, link, count in [*_home(), *_lists(request), *_pages(request), *_shortcuts(request)]:
        sections[place.section].entries.append(Entry(place.title, link, place.order, place.heading, count=count))
    shown = [section for section in sections.values() if section.entries]
    for section in shown:
        section.entries.sort(key=lambda entry: (entry.order, entry.title))
    _mark(request, [entry for section in shown for entry in section.entries])
    return shown


def _home() -> list[tuple[Place, str, int]]:
    return [(Place("Home", "Home"), reverse("admin:index"), 0)]


def _lists(request: HttpRequest) -> list[tuple[Place, str, int]]:
    found = []
    for model, model_admin in admin.site._registry.items():  # noqa: SLF001 -- Django offers no other way to walk it
        place = place_of(model_admin)
        if place and model_admin.has_view_or_change_permission(request):
            found.append((place, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), 0))
    return found


def _pages(request: HttpRequest) -> list[tuple[Place, str, int]]:
    placed = [page for page in PAGES if page.place and request.user.has_perm(page.permission)]
    return [(page.place, reverse(f"admin:{page.name}"), 0) for page in placed if page.place]


def _shortcuts(request: HttpRequest) -> list[tuple[Place, str, int]]:
    allowed = [one for one in SHORTCUTS if request.user.has_perm(one.permission)]
    return [(one.place, one.link(), one.count(request) if one.count else 0) for one in allowed]


def _mark(request: HttpRequest, entries: list[Entry]) -> None:
    """Mark the one entry whose address is the longest beginning of the present one."""
    above = _above(request)
    here = above or request.get_full_path()
    home = reverse("admin:index")
    matching = [entry for entry in entries if (here.startswith(entry.link) if entry.link != home else request.path == home)]
    if matching:
        marked = max(matching, key=lambda entry: len(entry.link))
        marked.is_here, marked.is_above = True, bool(above)


def _above(request: HttpRequest) -> str:
    """The list that the present page hangs under; empty where its own address tells."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    under = next((page.under for page in PAGES if page.name == name), "")
    return reverse(f"admin:{under}") if under else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Add to every page of the admin what the frame around it shows."""
    if not request.user.is_authenticated or not request.user.is_staff:
        return {}
    return {"menu": menu(request)}


SHORTCUTS_SHOWN = (
    (("/",), "Search"),
    (("?",), "This list"),
    (("g", "h"), "Home"),
    (("g", "l"), "Leads"),
    (("g", "c"), "Clients"),
    (("g", "d"), "Distribution"),
    (("g", "r"), "Reports"),
    (("f",), "Filters of a list"),
    (("Esc",), "Close, or leave a field"),
)


ACCOUNT = (("password", "Password"), ("second_factor", "Second factor"), ("sessions", "Sessions"), ("notices", "Notices"))
FOR_PROGRAMS = (("tokens", "Personal tokens"),)
"""Only those who work in the staff pages have something for programs to ask for."""


def person(request: HttpRequest) -> dict[str, Any]:
    """Add who is signed in, and where, to every page."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    name = user.get_full_name() or user.get_username()
    looking = viewer()
    return {
        "company_name": looking.company,
        "person_name": name,
        "person_initials": "".join(word[0] for word in name.split()[:2]).upper(),
        "person_role": f"{user.role_title} · {looking.zone_name}",
        "shortcuts": SHORTCUTS_SHOWN,
        "account_pages": ACCOUNT + (FOR_PROGRAMS if user.is_staff else ()),
    }
