"""Certificates of consent: only those of the two offices that issue them, at their own address."""

import re
from urllib.parse import urlsplit

from leads.domain.normalise_text import Refused, as_text

HOSTS = frozenset({"cert.trustedform.com", "ping.trustedform.com", "cert.jornaya.com", "vault.jornaya.com", "leadid.com", "www.leadid.com"})
_TOKEN = re.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NO_TOKEN = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - the token of nobody
_REMEDY = "Send the https address of a TrustedForm or Jornaya certificate, or a Jornaya LeadiD."


def read_consent_url(value: object) -> str:
    """A certificate's address with exactly one of the known hosts, or a LeadiD token. Else `bad_consent_url`."""
    text = as_text(value, 2000)
    if _TOKEN.fullmatch(text):
        if text == _NO_TOKEN:
            raise Refused("bad_consent_url", f"An empty LeadiD proves nothing. {_REMEDY}")
        return text
    try:
        parts = urlsplit(text)
        fine = parts.scheme == "https" and parts.netloc.lower() in HOSTS
    except ValueError:
        fine = False
    if not fine:
        raise Refused("bad_consent_url", _REMEDY)
    return text
