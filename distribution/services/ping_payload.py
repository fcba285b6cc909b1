"""The request of a ping: chosen fields of the lead, none of which says who the person is."""

from collections.abc import Mapping
from typing import Any

from clients.models import DeliveryMethod
from distribution.domain.body import Entry, read_map
from distribution.models import Ping
from distribution.services.payload import lead_values, webhook_request
from distribution.transports.fields import ping_fields
from distribution.transports.headers import PING_KIND

PLAIN = ("ping_id", "country", "state", "city", "zip")
"""What a ping without a field map says."""


def ping_values(ping: Ping, own: list[str]) -> dict[str, Any]:
    """Return what the ping may say of its lead."""
    return lead_values(ping.lead, own) | {
        "ping_id": str(ping.pk),
        "client": ping.client.name,
        "account": ping.account.name,
        "price": ping.account.price,
    }


def write_ping(method: DeliveryMethod, values: Mapping[str, Any], *, url: str | None = None) -> dict[str, Any]:
    """Return the request as it is sent, with a place for the secret. Whatever is personal is not there. Raises TemplateProblem."""
    said = {name: value for name, value in values.items() if name in ping_fields(values)}
    entries = read_map(method.ping_field_map) or tuple(Entry(name, name) for name in PLAIN)
    return webhook_request(method, entries, said, address=url or method.ping_url) | {"kind": PING_KIND}
