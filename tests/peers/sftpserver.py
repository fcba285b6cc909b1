"""A client's SFTP server, a real one, which may be told to misbehave. `files` are what it holds, by path."""

import asyncio
import tempfile
import threading
from pathlib import Path
from typing import Any, Self

import asyncssh

USER, PASSWORD = "switchyard", "s3cret-canary"


class _Door(asyncssh.SSHServer):
    def __init__(self, peer: "SftpServer") -> None:
        self.peer = peer

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self.peer.logins += 1
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        allowed = self.peer.client_key
        return allowed is not None and username == USER and key.public_data == allowed.public_data


class _Files(asyncssh.SFTPServer):
    peer: "SftpServer"

    def __init__(self, channel: Any) -> None:
        super().__init__(channel, chroot=str(self.peer.root).encode())

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        behaviour = self.peer.behaviour
        if behaviour == "drop_before_rename":
            self.connection.abort()
            await asyncio.sleep(1)
        if behaviour == "refuse_rename":
            raise asyncssh.SFTPFailure("quota exceeded")
        super().rename(oldpath, newpath)
        self.peer.named.append(newpath.decode())
        if behaviour == "drop_after_rename":
            self.connection.abort()
            await asyncio.sleep(1)

    async def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if self.peer.behaviour == "hang":
            await asyncio.sleep(60)
        if self.peer.behaviour == "forbid":
            raise asyncssh.SFTPPermissionDenied("no")
        return super().open(path, pflags, attrs)


class SftpServer:
    """Use it as a context."""

    def __init__(self) -> None:
        self.behaviour = "accept"
        self.logins = 0
        self.named: list[str] = []
        """Every file that got its name, in order."""
        self.client_key: asyncssh.SSHKey | None = None
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = self.key.export_public_key().decode()
        self.loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self.root = Path(self._folder.name)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()
        self._folder.cleanup()

    async def _listen(self) -> None:
        files = type("Files", (_Files,), {"peer": self})
        self._server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: _Door(self), server_host_keys=[self.key], sftp_factory=files
        )
        self.port = self._server.get_port()

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    @property
    def files(self) -> dict[str, str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes().decode() for path in found}
