"""What goes wrong with the services, each in one sentence that says what to do."""

import errno
import shutil
from pathlib import Path

NEEDED_MEGABYTES = 300  # a fresh cluster takes 40 MB, its write-ahead log up to 100 MB more

_FULL = ("No space left on device", "Disk quota exceeded", "could not extend file")


class ServiceError(RuntimeError):
    """Its text is for the person at the terminal: what happened and what to do about it."""


def require_space(folder: Path, megabytes: int = NEEDED_MEGABYTES) -> None:
    """Refuse to begin on a disk with less than `megabytes` (MB) free, before anything half-made lies there."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise ServiceError(
            f"The disk that holds {folder} is full ({free} MB free, {megabytes} MB needed). Free some space and start again."
        )


def disk_full(folder: Path) -> ServiceError:
    return ServiceError(f"The disk that holds {folder} is full. Free some space and start again; what was saved is kept.")


def is_disk_full(problem: OSError) -> bool:
    return problem.errno in {errno.ENOSPC, errno.EDQUOT}


def did_not_start(name: str, log: Path) -> ServiceError:
    """Say why a server stopped while starting, from the end of its log."""
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    if any(word in line for line in lines for word in _FULL):
        return disk_full(log.parent)
    reason = next((line for line in reversed(lines) if "FATAL" in line or "rror" in line), lines[-1] if lines else "it left no log")
    return ServiceError(f"{name} did not start: {reason.strip()} (the whole log: {log})")
