"""Who runs the services of a folder and who uses them, by two advisory locks that end with their process."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO


class FolderLock:
    """One owner and any number of guests; the owner waits for its guests before it closes."""

    def __init__(self, folder: Path) -> None:
        self.path, self.guests_path = folder / "lock", folder / "lock.guests"
        self._owned: TextIO | None = None
        self._guest: TextIO | None = None

    @property
    def is_owner(self) -> bool:
        return self._owned is not None

    def own(self, *, wait: bool = False) -> bool:
        """Become the owner unless another process is; with `wait`, once that one has ended."""
        if self._owned is None:
            self._owned = _locked(self.path, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self._owned:
            self._owned.truncate(0)
            self._owned.write(f"{os.getpid()}\n")
            self._owned.flush()
        return self.is_owner

    def join(self) -> bool:
        """Become a guest, unless the owner is closing."""
        self._guest = _locked(self.guests_path, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return self._guest is not None

    def owner(self) -> str:
        """Return the process number of the owner, for a message."""
        return self.path.read_text().strip() or "unknown"

    def wait_until_alone(self, on_wait: Callable[[], None]) -> None:
        """Keep new guests out and wait for those inside; `on_wait` is called once if there are any."""
        self._guest = _locked(self.guests_path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self._guest is None:
            on_wait()
            self._guest = _locked(self.guests_path, fcntl.LOCK_EX)

    def release(self) -> None:
        for held in (self._guest, self._owned):
            if held:
                held.close()
        self._guest = self._owned = None


def _locked(path: Path, how: int) -> TextIO | None:
    handle = path.open("a")
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        handle.close()
        return None
    return handle
