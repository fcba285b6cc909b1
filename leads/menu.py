"""The menu as a tree in which each admin class and page places itself; `config.look` draws it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

SECTIONS = ("Home", "Leads", "Clients", "Distribution", "Sales floor", "Reports", "Settings")
"""The first level, in its order. A section without a visible entry is not shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its section, perhaps a heading below it, its title, and its order among its neighbours."""

    section: str
    title: str
    order: int = 0
    heading: str = ""

    def __post_init__(self) -> None:
        if self.section not in SECTIONS:
            raise ValueError(f"{self.section!r} is no section of the menu. Use one of: {', '.join(SECTIONS)}.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the admin that is no model's list: `address` below /admin/, `name` in the namespace `admin`.

    Without a place it stands in no menu, and others lead to it; `under` then names the list whose entry is marked meanwhile.
    Whoever lacks the permission gets the same 404 as for an address that does not exist.
    """

    place: Place | None
    address: str
    name: str
    permission: str
    view: Callable[..., HttpResponse]
    under: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of the menu that leads to a filtered list; `count` is shown beside it when it is not 0."""

    place: Place
    link: Callable[[], str]
    permission: str
    count: Callable[[HttpRequest], int] | None = None


PAGES: list[Page] = []
SHORTCUTS: list[Shortcut] = []


def page(
    place: Place | None, *, address: str, name: str, permission: str, under: str = ""
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Register a view as a page of the admin: `@page(Place("Reports", "Deliveries"), address=..., name=..., permission=...)`."""

    def placed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        PAGES.append(Page(place, address, name, permission, view, under))
        return view

    return placed


def shortcut(entry: Shortcut) -> None:
    SHORTCUTS.append(entry)


def place_of(model_admin: Any) -> Place | None:
    return getattr(model_admin, "menu", None)
