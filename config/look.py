"""The admin theme: one accent colour, the menu as a tree, the mockups' tokens."""

from typing import Any

UNFOLD_SETTINGS: dict[str, Any] = {
    "SITE_TITLE": "Switchyard",
    "SITE_HEADER": "Switchyard",
    "SITE_URL": "/",
}
