"""Round robin: whose turn it is, and what became of a turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn used by a member: its number, and the number of the member's turn before, None for never."""

    member: int
    number: int
    before: int | None

    def to_json(self) -> list[int | None]:
        return [self.member, self.number, self.before]

    @classmethod
    def from_json(cls, value: Any) -> "Turn | None":
        return None if value is None else cls(*value)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Turns are numbered on and on; a member's key is the number of its last one."""

    number: int = 0
    last: Mapping[int, int] = field(default_factory=dict)
    members: Mapping[int, int] | None = None
    """Who took part when it was last looked at, each with its mark of entry; None before the first look."""
    restarted_at: datetime | None = None
    entered: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    """Who entered and left when it last restarted."""

    def key(self, member: int) -> int:
        """Longest since its last turn is least; 0 for never served."""
        return self.last.get(member, 0)

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "last": {str(member): number for member, number in self.last.items()},
            "members": None if self.members is None else {str(member): mark for member, mark in self.members.items()},
            "restarted_at": self.restarted_at and self.restarted_at.isoformat(),
            "entered": list(self.entered),
            "left": list(self.left),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Rotation":
        return cls(
            number=value["number"],
            last={int(member): number for member, number in value["last"].items()},
            members=None if value["members"] is None else {int(member): mark for member, mark in value["members"].items()},
            restarted_at=value["restarted_at"] and datetime.fromisoformat(value["restarted_at"]),
            entered=tuple(value["entered"]),
            left=tuple(value["left"]),
        )


def use_turn(rotation: Rotation, member: int) -> tuple[Rotation, Turn]:
    """The member goes to the end of the line."""
    number = rotation.number + 1
    turn = Turn(member, number, rotation.last.get(member))
    return replace(rotation, number=number, last={**rotation.last, member: number}), turn


def give_back_turn(rotation: Rotation, turn: Turn) -> Rotation:
    """The member stands where it stood before a turn that came to nothing.

    No-op when it had another turn since or the rotation restarted; the number is never used again.
    """
    if rotation.last.get(turn.member) != turn.number:
        return rotation
    last = dict(rotation.last)
    if turn.before is None:
        del last[turn.member]
    else:
        last[turn.member] = turn.before
    return replace(rotation, last=last)


def settle_members(rotation: Rotation, members: Mapping[int, int], *, restart: bool, now: datetime) -> Rotation:
    """The rotation after looking at who takes part: `members` maps each to a mark that changes when it enters anew.

    With `restart` a change begins the cycle again at the first member in entry order; otherwise everybody keeps its place and
    newcomers come first, never having been served.
    """
    if rotation.members == members:
        return rotation
    known = rotation.members
    if known is None or not restart:
        return replace(rotation, members=dict(members))
    entered = tuple(member for member, mark in members.items() if known.get(member) != mark)
    left = tuple(member for member, mark in known.items() if members.get(member) != mark)
    return replace(rotation, last={}, members=dict(members), restarted_at=now, entered=entered, left=left)
