"""Something of everything that the API tells of, and the keys to ask for it."""

from tests.fuzz.runner import Keys
from tests.leads.intake_world import make_sender


def make_keys() -> Keys:
    fields = (
        {"name": "homeowner", "label": "Owns the home", "kind": "boolean"},
        {"name": "roof", "label": "Roof", "kind": "choice", "choices": ["flat", "pitched"]},
        {"name": "bill", "label": "Monthly bill", "kind": "decimal", "minimum": 0, "maximum": 1000},
    )
    return Keys(campaign=make_sender(fields=fields, tells_price=True).plain)
