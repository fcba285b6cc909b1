"""The one client for everything that calls an address from a setting. Nothing else in this product opens such a connection.

The checked address is the one connected to: the resolver's answer is judged and used, and each socket is judged once
more when it is made. No redirects, no proxies, no environment, no cookies, no kept connections: a kept one that the
other side is just closing would put a lead in doubt.
"""

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from distribution.crash import crash_here
from distribution.transports.addresses import AddressRefused, is_allowed, look_up, parse_address

CONNECT_SECONDS = 5.0
MOST_ANSWER = 64 * 1024
LOOK_UPS = 64
USER_AGENT = "Switchyard/1"


class NotSent(Exception):
    """Nothing reached the other side. The text is for people."""


class Interrupted(Exception):
    """The connection was made and something may have arrived, but no whole answer came back."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be sent, and how many seconds the whole exchange may take."""

    verb: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 30.0
    digest: tuple[str, str] | None = field(default=None, repr=False)
    """User and password, where the other side asks for Digest (RFC 7616): its question is answered with the same request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class PublicResolver(AbstractResolver):
    """Looks a name up once and lets the caller have the answer only if all of it is public."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="look-up")

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        answers = await asyncio.get_running_loop().run_in_executor(self._pool, look_up, host, port)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST)
            for kind, address in answers
        ]

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """Make the socket for one address, the last moment at which it can be refused."""
    family, kind, proto, _, address = info
    if not is_allowed(str(address[0])):
        raise AddressRefused(f"{address[0]} is not a public address.")
    return socket.socket(family, kind, proto)


class Outbound:
    """Make it inside a running loop and keep it: one for each process."""

    def __init__(self) -> None:
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(),
            use_dns_cache=False,
            limit=0,
            force_close=True,
            socket_factory=guarded_socket,
            ttl_dns_cache=0,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            trace_configs=[_trace()],
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": "*/*"},
        )

    async def exchange(self, call: Call) -> Reply:
        """Send and read the answer. Raises NotSent before anything was sent, Interrupted afterwards."""
        progress = SimpleNamespace(is_connected=False, status=None)
        try:
            crash_here("before_connect")
            url = parse_address(call.url)
            async with asyncio.timeout(call.seconds):
                return await self._exchange(call, url, progress)
        except AddressRefused as refused:
            raise NotSent(str(refused)) from None
        except TimeoutError:
            raise _failure(progress, f"No whole answer within {call.seconds:g} seconds.", "No connection in time.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(progress, f"The connection broke: {_words(error)}", _words(error)) from None

    async def _exchange(self, call: Call, url: Any, progress: SimpleNamespace) -> Reply:
        request = self._session.request(
            call.verb,
            url,
            data=call.body,
            headers=call.headers,
            allow_redirects=False,
            trace_request_ctx=progress,
            middlewares=(aiohttp.DigestAuthMiddleware(*call.digest),) if call.digest else (),
        )
        async with request as response:
            progress.status = response.status
            body = await _read(response)
            crash_here("after_answer")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, headers, body)

    async def close(self) -> None:
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > MOST_ANSWER:
            raise Interrupted(f"The answer is longer than {MOST_ANSWER // 1024} KiB.", response.status)
    return bytes(body)


def _failure(progress: SimpleNamespace, after: str, before: str) -> Exception:
    return Interrupted(after, progress.status) if progress.is_connected else NotSent(before)


def _words(error: BaseException) -> str:
    """Say a failure to people; the library's own texts name memory addresses and such."""
    for kind, text in WORDS:
        if isinstance(error, kind):
            return text
    inner = getattr(error, "os_error", None)
    text = str(inner.strerror or inner) if inner is not None else str(error) or type(error).__name__
    return text[:200]


WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (
        aiohttp.ClientConnectorCertificateError,
        "The client's certificate is not valid for its name, has expired, or is not signed by a known authority.",
    ),
    (aiohttp.ClientSSLError, "No encrypted connection could be agreed on."),
    (aiohttp.ServerTimeoutError, "No connection within 5 seconds."),
    (aiohttp.ServerDisconnectedError, "The client hung up without an answer."),
    (aiohttp.ClientPayloadError, "The answer was cut off."),
    (aiohttp.ClientResponseError, "The answer is not HTTP."),
)


def _trace() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()

    async def connected(_session: Any, context: SimpleNamespace, _params: Any) -> None:
        context.trace_request_ctx.is_connected = True
        crash_here("after_connect")

    async def head_sent(_session: Any, _context: SimpleNamespace, _params: Any) -> None:
        crash_here("after_first_byte")

    trace.on_connection_create_end.append(connected)
    trace.on_request_headers_sent.append(head_sent)
    return trace
