"""The marks of a tracked mail: a pixel, links that lead over us, and a return address; all signed, none names a person."""

import base64
import hmac
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import re2
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

MOST_LINKS = 100
LINK = re2.compile(r"""(?i)(<a\b[^>]*\shref\s*=\s*)("[^"]*"|'[^']*')""")
END = re2.compile(r"(?i)</body\s*>")
OPENS, CLICKS = "distribution.mail.open", "distribution.mail.click"
RETURN_SALT = "distribution.mail.return"
SIGNED, ID = 10, 16
"""Octets of a return address: its signature and the delivery. Together 42 letters, of the 64 that stand before the @."""


def marked(payload: dict[str, Any], delivery: UUID) -> dict[str, Any]:
    """Return a mail's payload with its marks; the links that it leads to are kept in it."""
    page, links = _over_us(payload["html"], delivery) if payload["html"] else ("", [])
    return payload | {"html": _with_pixel(page, delivery) if page else "", "links": links, "return_path": return_address(delivery)}


def _over_us(page: str, delivery: UUID) -> tuple[str, list[str]]:
    links: list[str] = []

    def lead(found: Any) -> str:
        target = unescape(found.group(2)[1:-1]).strip()
        if not is_web_address(target) or len(links) >= MOST_LINKS:
            return str(found.group(0))
        links.append(target)
        return f'{found.group(1)}"{escape(click_address(delivery, len(links) - 1))}"'

    return LINK.sub(lead, page), links


def is_web_address(target: str) -> bool:
    """Whether a browser may be sent there: a whole address of the web, in one line."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and target.isprintable()


def _with_pixel(page: str, delivery: UUID) -> str:
    pixel = f'<img src="{escape(open_address(delivery))}" width="1" height="1" alt="">'
    ends = list(END.finditer(page))
    at = ends[-1].start() if ends else len(page)
    return f"{page[:at]}{pixel}{page[at:]}"


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=".")


def open_address(delivery: UUID) -> str:
    return f"{settings.PUBLIC_URL}{reverse('mail_open', args=[_signer(OPENS).sign(delivery.hex)])}"


def click_address(delivery: UUID, number: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('mail_click', args=[_signer(CLICKS).sign(f'{delivery.hex}-{number}')])}"


def opened(token: str) -> UUID | None:
    """Return the delivery that an open's address names; None for one that we never signed."""
    try:
        return UUID(_signer(OPENS).unsign(token))
    except (BadSignature, ValueError):
        return None


def clicked(token: str) -> tuple[UUID, int] | None:
    """Return the delivery and the number of the link; None for an address that we never signed."""
    try:
        delivery, _, number = _signer(CLICKS).unsign(token).partition("-")
        return UUID(delivery), int(number)
    except (BadSignature, ValueError):
        return None


def return_address(delivery: UUID) -> str:
    """Return where this very mail comes back to; nothing while no address for it is set."""
    local, _, domain = settings.MAIL_BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{_token(delivery, settings.SECRET_KEY)}@{domain}" if local else ""


def _token(delivery: UUID, key: str) -> str:
    signature = salted_hmac(RETURN_SALT, delivery.hex, secret=key, algorithm="sha256").digest()[:SIGNED]
    return base64.b32encode(delivery.bytes + signature).decode().rstrip("=").lower()


def returned(address: str) -> UUID | None:
    """Return the delivery whose return address this is; None for anything that we never signed. Case does not matter."""
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    wanted, _, wanted_domain = settings.MAIL_BOUNCE_ADDRESS.lower().rpartition("@")
    name, _, token = local.rpartition("+")
    if not wanted or name != wanted or domain != wanted_domain:
        return None
    try:
        delivery = UUID(bytes=base64.b32decode(token.upper() + "=" * (-len(token) % 8))[:ID])
    except ValueError:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return delivery if any(hmac.compare_digest(_token(delivery, key).encode(), token.encode()) for key in keys) else None
