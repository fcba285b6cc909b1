"""The names that field maps and templates may use: the lead's fields, and what is known of the delivery."""

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


def known_fields(method: DeliveryMethod) -> frozenset[str]:
    """Return every name that a method of this client may use; own fields are those of the lead types it buys, or of all."""
    own = LeadField.objects.all()
    bought = own.filter(lead_type__accounts__client=method.client_id) if method.client_id else own
    names = set(bought.values_list("name", flat=True)) or set(own.values_list("name", flat=True))
    return frozenset({*STANDARD_COLUMNS, *DELIVERY_FIELDS, *names})
