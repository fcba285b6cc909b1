"""Which addresses of a setting may be called: public ones, on allowed ports, or those on an allow-list of networks."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from yarl import URL

type Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

NEVER_PUBLIC = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "192.88.99.0/24", "0.0.0.0/8", "::/96")
)
"""Nets that carry or relay other addresses: the standard library takes some of them for public (reliability.md, X113)."""

ODD = re.compile(r"[\x00-\x20\x7f\\]|%00", re.ASCII)
LONGEST_URL = 2000
REMEDY = "Use the client's public address, or have an administrator allow its network (OUTBOUND_ALLOWED_NETWORKS)."


LOOK_UP_SECONDS = 3.0
LOOK_UPS = ThreadPoolExecutor(4, thread_name_prefix="check-address")
"""Somebody waits for a page while an address is checked: a name server that hangs is not waited for."""


class AddressRefused(OSError):
    """Nothing was opened: the address is not one that a setting may name. The text is a sentence with a remedy."""


@lru_cache(maxsize=8)
def _networks(names: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def _unmapped(address: Ip) -> Ip:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_allowed(text: str) -> bool:
    """Whether a connection to this numeric address may be opened."""
    try:
        address = _unmapped(ipaddress.ip_address(text))
    except ValueError:
        return False
    if any(address in net for net in _networks(tuple(settings.OUTBOUND_ALLOWED_NETWORKS))):
        return True
    return address.is_global and not address.is_multicast and not any(address in net for net in NEVER_PUBLIC)


def refuse_unless_allowed(host: str, addresses: Iterable[str]) -> None:
    """Raise AddressRefused unless every address of the host may be called: one private answer spoils them all."""
    for address in addresses:
        if not is_allowed(address):
            raise AddressRefused(f"{host} leads to {address}, which is not a public address. {REMEDY}")


def parse_address(text: str) -> URL:
    """Return the address as it would be called. Raises AddressRefused for what no setting may name; looks nothing up."""
    if not text:
        raise AddressRefused("There is no address. Enter one such as https://client.example/leads.")
    if len(text) > LONGEST_URL or ODD.search(text):
        raise AddressRefused("The address has spaces, backslashes or control characters, or is too long. Copy it again.")
    try:
        url = URL(text)
        parts = urlsplit(text)
        host, port = url.host, url.port
    except (ValueError, UnicodeError):
        raise AddressRefused("The address cannot be read. Enter one such as https://client.example/leads.") from None
    if url.scheme not in ("http", "https"):
        raise AddressRefused("The address must begin with https:// or http://.")
    if url.user is not None or url.password is not None or "@" in parts.netloc:
        raise AddressRefused("The address holds a user name or password. Put them under authentication instead.")
    if not host or not host.strip("."):
        raise AddressRefused("The address has no host that can be read. Enter one such as https://client.example/leads.")
    if port not in settings.OUTBOUND_PORTS:
        allowed = ", ".join(str(one) for one in settings.OUTBOUND_PORTS)
        raise AddressRefused(f"Port {port} is not allowed; allowed are {allowed} (OUTBOUND_PORTS).")
    if _is_numeric(host):
        refuse_unless_allowed(host, [host.strip("[].")])
    return url


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]."))
    except ValueError:
        return False
    return True


def look_up(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    """Ask the resolver once. Raises OSError when the name leads nowhere, AddressRefused when it leads inside."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    answers: list[tuple[socket.AddressFamily, str]] = [(family, str(address[0])) for family, _, _, _, address in found]
    refuse_unless_allowed(host, [address for _, address in answers])
    return answers


def check_address(text: str) -> str:
    """Return what is wrong with an address that somebody is about to save, as a sentence with a remedy; empty when nothing is.

    A name that cannot be found now may be found later: only one that leads to a private address is refused.
    """
    try:
        url = parse_address(text)
    except AddressRefused as refused:
        return str(refused)
    return check_host(url.raw_host or "", url.port or 443)


def check_host(host: str, port: int) -> str:
    """Return what is wrong with where a name leads; empty when nothing is, or when it cannot be found now."""
    try:
        LOOK_UPS.submit(look_up, host, port).result(timeout=LOOK_UP_SECONDS)
    except AddressRefused as refused:
        return str(refused)
    except (OSError, UnicodeError):
        return ""
    return ""
