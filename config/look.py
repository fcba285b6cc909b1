"""The admin theme: one accent colour, the mockups' tokens, our own frame. Read by the settings, so it imports no models."""

from typing import Any

from django.templatetags.static import static

SHEETS = ("css/tokens.css", "css/parts.css", "css/stories.css", "css/narrow.css", "css/shell.css")


def _sheet(name: str) -> Any:
    return lambda request: static(name)


UNFOLD_SETTINGS: dict[str, Any] = {
    "SITE_TITLE": "Switchyard",
    "SITE_HEADER": "Switchyard",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "GLOBAL_CALLBACK": "config.frame.shell",
    "STYLES": [*map(_sheet, SHEETS)],
    "SCRIPTS": [_sheet("js/keys.js"), _sheet("js/lists.js"), _sheet("js/bell.js")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _sheet("logo.svg")}],
    "COLORS": {
        "base": {
            "50": "#f7f8fa",
            "100": "#f0f1f6",
            "200": "#e1e4ea",
            "300": "#b8bfcb",
            "400": "#949dad",
            "500": "#606979",
            "600": "#454d5b",
            "700": "#3a4250",
            "800": "#2b313c",
            "900": "#15181e",
            "950": "#101318",
        },
        "primary": {
            "50": "#f6f5fd",
            "100": "#eeedfb",
            "200": "#d9d7f6",
            "300": "#c3bfff",
            "400": "#aaa5ff",
            "500": "#aaa5ff",
            "600": "#453fb0",
            "700": "#37329a",
            "800": "#2e2a80",
            "900": "#25244a",
            "950": "#1a1938",
        },
        "font": {
            "subtle-light": "#606979",
            "subtle-dark": "#949dad",
            "default-light": "#454d5b",
            "default-dark": "#b8bfcb",
            "important-light": "#14181f",
            "important-dark": "#e9ecf1",
        },
    },
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": []},
    "COMMAND": {"search_models": False, "show_history": False},
}
