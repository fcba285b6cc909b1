"""Lists and forms of people and of the sales floor; one module a noun."""

from pullqueue.admin import branch, hours, outcome, pull, push, rebuild, user

__all__ = ["branch", "hours", "outcome", "pull", "push", "rebuild", "user"]
