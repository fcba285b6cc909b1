"""The sample client that takes files: a real SFTP server on this machine, behind the demo buyer. What it gets ends with it."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HERE = "127.0.0.1"
USER, PASSWORD = "lantern", "sample-password-of-no-value"
FOLDER = "leads"
LABEL = b"sample-host-key-of-no-value"

type Told = Callable[[str, int], None]
"""Hears of each file: its name and how many leads it holds."""


def host_key() -> asyncssh.SSHKey:
    """Return the key that the server shows. Everybody can work it out: it guards samples on loopback, and the seed knows it beforehand."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(LABEL).digest())
    return asyncssh.import_private_key(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def public_host_key() -> str:
    """Return the key as a delivery method pins it."""
    return host_key().export_public_key().decode().strip()


class Door(asyncssh.SSHServer):
    """Lets in who knows the sample password."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def files_in(root: Path, told: Told) -> type[asyncssh.SFTPServer]:
    """Return a server of the files below `root`."""

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(root).encode())

        def rename(self, oldpath: bytes, newpath: bytes) -> None:
            super().rename(oldpath, newpath)
            stored = root / newpath.decode().lstrip("/")
            told(stored.name, max(len(stored.read_bytes().splitlines()) - 1, 0))

    return Files


@asynccontextmanager
async def dropbox(port: int, told: Told) -> AsyncIterator[int]:
    """Take files while the context is open; yield the port. Raises OSError when the port is taken."""
    with tempfile.TemporaryDirectory(prefix="demo-files-") as folder:
        root = Path(folder)
        (root / FOLDER).mkdir()
        server = await asyncssh.listen(HERE, port, server_factory=Door, server_host_keys=[host_key()], sftp_factory=files_in(root, told))
        try:
            yield server.get_port()
        finally:
            server.close()
            await asyncio.sleep(0)
