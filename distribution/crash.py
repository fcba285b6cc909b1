"""Named points at which a test may let the process die. Outside tests a call does nothing."""

POINTS = (
    "after_claim",
    "before_payload",
    "after_payload",
    "before_connect",
    "after_connect",
    "after_first_byte",
    "after_answer",
    "before_finish",
    "inside_finish",
    "after_finish",
)


class Crash(BaseException):
    """The process died here. Not an Exception, so that nothing that handles errors survives it."""


class _Armed:
    """The point that a test armed; it fires once."""

    name = ""


def arm(name: str) -> None:
    """Let the process die the next time it comes by the point."""
    if name and name not in POINTS:
        raise ValueError(f"There is no crash point {name!r}; there are {', '.join(POINTS)}.")
    _Armed.name = name


def crash_here(name: str) -> None:
    if _Armed.name == name:
        _Armed.name = ""
        raise Crash(name)
