"""Lists and forms of who buys that need nothing from the floor above; one module a noun."""

from clients.admin import group

__all__ = ["group"]
