"""A file by SFTP: written under a name of its own first, then renamed, so that nobody ever sees half of it.

The server is known by its pinned key, and its address is judged like every other. Sending the same file twice leaves one.
"""

import asyncio
import hashlib
import posixpath
import re
import socket
from collections.abc import Collection, Iterator
from types import SimpleNamespace
from typing import Any

import asyncssh
from django.conf import settings

from clients.models import DeliveryMethod
from distribution.crash import crash_here
from distribution.domain.body import check_map
from distribution.domain.problem import Problem
from distribution.domain.retry import Outcome
from distribution.transports.addresses import AddressRefused, check_host, look_up
from distribution.transports.envelope import Envelope, Report
from distribution.transports.fields import known_fields
from distribution.transports.outbound import CONNECT_SECONDS, Outbound, guarded_socket

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")
FOLDER = re.compile(r"[^\x00-\x1f\x7f\\]*")
PRIVATE_KEY = "-----BEGIN"


async def send(envelope: Envelope, _outbound: Outbound | None = None) -> Report:
    """Put the file where the client expects it and say what came of it. Never raises for what the other side does."""
    payload, progress = envelope.payload, SimpleNamespace(is_named=False)
    content = str(payload["content"]).encode()
    kept = {"file": f"sftp://{payload['host']}:{payload['port']}/{_path(payload).lstrip('/')}", "bytes": len(content)}
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        async with asyncio.timeout(envelope.seconds):
            outcome, text = await _put(envelope, content, progress)
    except TimeoutError:
        outcome, text = Outcome.IN_DOUBT if progress.is_named else Outcome.NOT_SENT, f"Not done within {envelope.seconds:g} seconds."
    except (OSError, asyncssh.Error, ValueError) as error:
        outcome, text = _failed(error, progress)
    return Report(outcome, message=text[:300], request=kept, request_sha256=sha256)


async def _put(envelope: Envelope, content: bytes, progress: SimpleNamespace) -> tuple[Outcome, str]:
    payload = envelope.payload
    crash_here("before_connect")
    sock = await _connect(str(payload["host"]), int(payload["port"]))
    connection = await asyncssh.connect(sock=sock, **_options(envelope))
    try:
        return await _store(await connection.start_sftp_client(), payload, content, progress)
    finally:
        connection.abort()  # a server that hangs is not waited for, not even to say good-bye


async def _store(sftp: Any, payload: Any, content: bytes, progress: SimpleNamespace) -> tuple[Outcome, str]:
    name = _path(payload)
    if (there := await _read(sftp, name)) is not None:
        if there == content:
            return Outcome.ACCEPTED, "The file is there already, with the same content."
        return Outcome.NOT_TAKEN, f"There is another file named {payload['name']} on the server."
    crash_here("after_connect")
    await _write(sftp, f"{name}.part", content)
    progress.is_named = True
    crash_here("after_first_byte")
    await sftp.rename(f"{name}.part", name)
    crash_here("after_answer")
    return Outcome.ACCEPTED, f"Stored as {payload['name']}, {len(content):,} bytes."


def _options(envelope: Envelope) -> dict[str, Any]:
    """Nothing of this machine's own keys, agents and settings is used."""
    secret = envelope.secret
    is_key = secret.lstrip().startswith(PRIVATE_KEY)
    key = asyncssh.import_public_key(str(envelope.payload["host_key"]))
    return {
        "config": None,
        "known_hosts": ([key], [], []),
        "username": envelope.auth_user,
        "password": None if is_key else secret,
        "client_keys": [asyncssh.import_private_key(secret)] if is_key else None,
        "agent_path": None,
        "preferred_auth": "publickey" if is_key else "password,keyboard-interactive",
        "connect_timeout": None,
        "login_timeout": envelope.seconds,
    }


async def _connect(host: str, port: int) -> socket.socket:
    """Connect to the first address that answers, each of them judged."""
    loop = asyncio.get_running_loop()
    last: OSError | None = None
    for family, address in await loop.run_in_executor(None, look_up, host.strip("[]"), port):
        sock = guarded_socket((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)))
        sock.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await loop.sock_connect(sock, (address, port))
        except (OSError, TimeoutError) as error:
            sock.close()
            last = error if isinstance(error, OSError) else OSError("No connection within 5 seconds.")
        else:
            return sock
    raise last or OSError("The name leads nowhere.")


def _path(payload: Any) -> str:
    return posixpath.join(str(payload["folder"]), str(payload["name"]))


async def _read(sftp: Any, name: str) -> bytes | None:
    try:
        async with sftp.open(name, "rb") as file:
            found: bytes = await file.read()
            return found
    except asyncssh.SFTPNoSuchFile:
        return None


async def _write(sftp: Any, name: str, content: bytes) -> None:
    async with sftp.open(name, "wb") as file:
        await file.write(content)


def _failed(error: Exception, progress: SimpleNamespace) -> tuple[Outcome, str]:
    """Before the file has its name nothing was delivered; a refusal to name it is an answer, a line that drops is none."""
    for kind, outcome, text in MEANS:
        if isinstance(error, kind):
            return outcome, text or str(error)
    if isinstance(error, asyncssh.SFTPError) and not isinstance(error, asyncssh.SFTPNoConnection | asyncssh.SFTPConnectionLost):
        return Outcome.NOT_TAKEN, f"The server refused the file: {error.reason or 'it gave no reason'}."
    if progress.is_named:
        return Outcome.IN_DOUBT, "The line dropped while the file was given its name."
    return Outcome.NOT_SENT, f"The server could not be used: {getattr(error, 'reason', '') or getattr(error, 'strerror', '') or error}."


MEANS: tuple[tuple[type[Exception], Outcome, str], ...] = (
    (AddressRefused, Outcome.NOT_SENT, ""),
    (asyncssh.HostKeyNotVerifiable, Outcome.CONFIG_ERROR, "The server shows another key than the one of the method: nothing was sent."),
    (asyncssh.PermissionDenied, Outcome.CONFIG_ERROR, "The server does not let us in: check the user name, and the password or key."),
    (asyncssh.KeyImportError, Outcome.CONFIG_ERROR, "The key of the method cannot be read: enter it again."),
    (asyncssh.SFTPPermissionDenied, Outcome.CONFIG_ERROR, "The server does not let us write into the folder."),
    (asyncssh.SFTPNoSuchFile, Outcome.CONFIG_ERROR, "There is no such folder on the server."),
    (asyncssh.SFTPNoSuchPath, Outcome.CONFIG_ERROR, "There is no such folder on the server."),
)


def check_config(method: DeliveryMethod, *, fields: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Return everything that would keep this method from working, each with its remedy."""
    return tuple(_problems(method, known_fields(method) if fields is None else fields))


def _problems(method: DeliveryMethod, fields: Collection[str]) -> Iterator[Problem]:
    if not HOST.fullmatch(method.host):
        yield Problem("host", "bad_host", "Enter the server's name, such as sftp.client.example, without sftp:// and without a folder.")
    elif method.port not in settings.OUTBOUND_SFTP_PORTS:
        allowed = ", ".join(str(port) for port in settings.OUTBOUND_SFTP_PORTS)
        yield Problem("port", "bad_port", f"Port {method.port} is not allowed; allowed are {allowed} (OUTBOUND_SFTP_PORTS).")
    elif sentence := check_host(method.host.strip("[]"), method.port):
        yield Problem("host", "bad_address", sentence)
    if not method.auth_user.strip():
        yield Problem("auth_user", "missing", "Enter the user name on the server.")
    if not FOLDER.fullmatch(method.folder) or ".." in method.folder.split("/"):
        yield Problem("folder", "bad_folder", "A folder is a path such as incoming/leads, without .. and backslashes.")
    yield from _check_keys(method)
    yield from check_map(method.field_map, fields=set(fields) - {"secret"}, body_kind="csv")


def _check_keys(method: DeliveryMethod) -> Iterator[Problem]:
    secret = method.secret or ""
    if not secret:
        yield Problem("secret", "missing", "Enter the password, or a private key beginning with -----BEGIN.")
    elif secret.lstrip().startswith(PRIVATE_KEY):
        try:
            asyncssh.import_private_key(secret)
        except (asyncssh.KeyImportError, ValueError):
            yield Problem("secret", "bad_key", "This private key cannot be read. Use one without a passphrase, in OpenSSH or PEM form.")
    try:
        asyncssh.import_public_key(method.host_key.strip())
    except (asyncssh.KeyImportError, ValueError):
        hint = "Ask the client, or run ssh-keyscan and compare what it prints with what the client says."
        yield Problem("host_key", "bad_key", f"Enter the server's public key, such as ssh-ed25519 AAAA…. {hint}")
