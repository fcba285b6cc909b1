"""One e-mail address of one person, with its domain in lower case."""

import re

from email_validator import EmailNotValidError, validate_email

from leads.domain.normalise_text import Refused, as_text

LONGEST = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 with its two angle brackets."""
_REMEDY = "Send one address, such as ana@example.com."

_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]{1,32}(?:\.[A-Za-z0-9_+-]{1,16}){0,1}"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,20}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,15})"
)
"""Addresses that need no second look; everything else goes through the whole grammar."""
_RESERVED_ENDS = ("arpa", "invalid", "local", "localhost", "onion", "test")
_ENCODED_CONTROL = re.compile("%(?:0[0-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)


def read_email(value: object) -> str:
    """The address, its domain in lower-case ASCII (IDNA), its local part as written.

    Lists of addresses, display names, quoted local parts, IP literals, domains without a dot and encoded line breaks are
    refused (`bad_email`). Folding of plus tags is the fingerprint's business, not the address's.
    """
    text = as_text(value, 1000)
    if len(text) > LONGEST:
        raise Refused("bad_email", f"An address has at most {LONGEST} characters.")
    plain = _PLAIN.fullmatch(text)
    if plain and "--" not in plain[1] and not plain[1].lower().endswith(_RESERVED_ENDS):
        return f"{text[: plain.start(1)]}{plain[1].lower()}"
    return _whole_grammar(text)


def _whole_grammar(text: str) -> str:
    if _ENCODED_CONTROL.search(text):
        raise Refused("bad_email", f"Encoded control characters are not taken. {_REMEDY}")
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as refused:
        raise Refused("bad_email", f"Not an e-mail address. {_REMEDY}") from refused
    if "." not in found.ascii_domain:
        raise Refused("bad_email", f"The domain has no dot. {_REMEDY}")
    return f"{found.local_part}@{found.ascii_domain.lower()}"
