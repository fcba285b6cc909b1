"""What the OpenAPI says in words: answers by code, and the parameters of the campaigns' API."""

from typing import Any

from leads.api.caller import LONGEST_IDEMPOTENCY_KEY
from leads.api.waiting import LONGEST

ANSWERS: dict[str, str] = {
    "200": "Here it is. A posted lead was stored, and is a `duplicate` or `suppressed`: it goes nowhere.",
    "201": "Stored and accepted.",
    "207": "One result a lead.",
    "400": "Unreadable: `bad_json`, `not_an_object`, `too_deep`, `duplicate_field`, `bad_encoding`. Nothing was stored.",
    "401": "`bad_key`: missing, unknown, revoked, expired, or sent in the address.",
    "403": "`campaign_paused` or `campaign_closed`: nothing was stored.",
    "404": "Not there, or not yours.",
    "405": "This address takes other methods; `Allow` names them.",
    "409": "`key_reused`: this idempotency key came with another body. `in_progress`: its first post is still being answered.",
    "413": "More than 64 KiB a lead, or 16 MiB or 1,000 leads a batch.",
    "415": "Neither JSON nor, for one lead, form-encoded; or compressed; or not UTF-8.",
    "422": "Rejected, with every reason by field; or a header or parameter that cannot be.",
    "429": "Too many requests with this key. Come again after `Retry-After` seconds.",
    "503": "Nothing was stored. Send the same again after `Retry-After` seconds.",
}

PARAMETERS: dict[str, dict[str, Any]] = {
    "wait": {
        "name": "wait",
        "in": "query",
        "description": f"Hold the answer for so many seconds ({LONGEST:.0f} at most) or until the lead is routed, and tell its outcome.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999},
    },
    "idempotency": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A new UUID for each lead. Repeats within 24 hours are answered as the first post was.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_IDEMPOTENCY_KEY, "pattern": "^[!-~]+$"},
    },
    "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
}
