"""Lists and forms of people; one module a noun."""

from pullqueue.admin import branch, user

__all__ = ["branch", "user"]
