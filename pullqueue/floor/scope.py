"""Which part of the floor a person sees: all of it, or a branch with those below."""

from typing import Any, NamedTuple

from pullqueue.models import Branch


class Scope(NamedTuple):
    """`branches` are the ids that the person sees; None stands for the whole company."""

    branches: frozenset[int] | None

    def has(self, *branches: int | None) -> bool:
        """Whether one of the branches, where a lead belongs or who works on it sits, is in sight."""
        return self.branches is None or any(branch in self.branches for branch in branches)


def scope_of(user: Any) -> Scope:
    """One query for who sees a branch, none for who sees all."""
    if user.is_active and user.sees_all_leads:
        return Scope(None)
    return Scope(frozenset(Branch.objects.visible_to(user).values_list("pk", flat=True)))
