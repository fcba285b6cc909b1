"""Lists and forms of people and of the sales floor; one module a noun."""

from pullqueue.admin import branch, floor, floor_move, floor_settings, floor_why, hours, outcome, pull, push, rebuild, user

__all__ = ["branch", "floor", "floor_move", "floor_settings", "floor_why", "hours", "outcome", "pull", "push", "rebuild", "user"]
