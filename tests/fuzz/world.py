"""Something of everything that the API tells of, and the keys to ask for it."""

from distribution.demo import factories as make
from leads.clock import database_now
from leads.services.tokens import create_token
from tests.fuzz.runner import Keys
from tests.leads.intake_world import make_sender


def make_keys() -> Keys:
    fields = (
        {"name": "homeowner", "label": "Owns the home", "kind": "boolean"},
        {"name": "roof", "label": "Roof", "kind": "choice", "choices": ["flat", "pitched"]},
        {"name": "bill", "label": "Monthly bill", "kind": "decimal", "minimum": 0, "maximum": 1000},
    )
    make.DeliveryFactory.create_batch(3)
    make.LeadFactory.create(outcome="unrouted", due_at=None, routes_left=[])
    _, token = create_token(user=make.AdministratorFactory.create(), name="fuzz", now=database_now())
    return Keys(campaign=make_sender(fields=fields, tells_price=True).plain, personal=token)
