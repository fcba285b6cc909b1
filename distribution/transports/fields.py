"""The names that field maps and templates may use: the lead's fields, and what is known of the delivery."""

from collections.abc import Collection

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from leads.models import LeadField
from leads.models.lead import STANDARD_COLUMNS

DELIVERY_FIELDS = (
    "lead_id",
    "lead_number",
    "delivery_id",
    "received_at",
    "campaign",
    "source",
    "client",
    "account",
    "price",
    "is_test",
    "secret",
)
"""`secret` is the method's own; it is put in at the very last moment and kept nowhere."""

PERSONAL = frozenset(
    {
        "first_name", "last_name", "email", "phone", "phone2", "address", "latitude", "longitude", "date_of_birth",
        "ip", "user_agent", "landing_url", "consent_text", "consent_url", "external_id",
    }
)  # fmt: skip
"""What tells who somebody is, or may: a ping never names it."""
PING_FIELDS = frozenset({"ping_id", "ping_reference"})
"""Of a ping-post method: our number of the ping, and the client's own."""


def ping_fields(fields: Collection[str]) -> frozenset[str]:
    """Return those of a method's fields that its ping may name."""
    return frozenset(fields) - PERSONAL - {"delivery_id", "ping_reference"} | {"ping_id"}


def known_fields(method: DeliveryMethod) -> frozenset[str]:
    """Return every name that a method of this client may use; own fields are those of the lead types it buys, or of all."""
    own = LeadField.objects.all()
    bought = own.filter(lead_type__accounts__client=method.client_id) if method.client_id else own
    names = set(bought.values_list("name", flat=True)) or set(own.values_list("name", flat=True))
    of_pings = PING_FIELDS if method.kind == MethodKind.PING_POST else ()
    return frozenset({*STANDARD_COLUMNS, *DELIVERY_FIELDS, *names, *of_pings})
