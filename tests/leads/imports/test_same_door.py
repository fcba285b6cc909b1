"""The same lead by the API, a file and the form is judged the same, whatever is wrong with it."""

import csv
import html
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Import, Lead
from leads.models.lead import STANDARD_COLUMNS
from leads.services.suppress import suppress
from tests.leads.intake_world import NOW, make_sender

pytestmark = pytest.mark.django_db

FIELDS = (
    {"name": "roof", "label": "Roof", "kind": "choice", "choices": ["flat", "pitched"]},
    {"name": "bill", "label": "Bill", "kind": "decimal", "is_required": True},
)
PEOPLE: dict[str, dict[str, str]] = {
    "a good one": {
        "first_name": " Ana ",
        "phone": "(312) 555-0100",
        "email": "Ana@Mail.Example",
        "zip": "60601-1234",
        "bill": "120.50",
        "roof": "flat",
    },
    "nothing that is needed": {"first_name": "Ben"},
    "everything wrong": {
        "phone": "12",
        "email": "x@",
        "zip": "abc",
        "state": "Nowhere",
        "bill": "much",
        "date_of_birth": "soon",
    },
    "a suppressed one": {"phone": "312 555 0199", "bill": "1"},
    "a birthday in words": {"phone": "312 555 0101", "bill": "1,200.00", "date_of_birth": "02/03/1984"},
    "letters of the world": {"first_name": "Zoë", "last_name": "O’Brien-Łukasz", "phone": "+1 312 555 0102", "bill": "7"},
    "an overlong name": {"first_name": "x" * 300, "phone": "312 555 0103", "bill": "7"},
}


def judged(lead: Lead) -> dict[str, Any]:
    told = {
        name: getattr(lead, name) for name in (*STANDARD_COLUMNS, "status", "outcome", "custom", "zones", "states", "routes_left", "cost")
    }
    return told | {"errors": lead.errors, "prints": sorted(str(row.digest) for row in lead.fingerprints.all())}


@pytest.mark.parametrize("who", PEOPLE)
def test_a_lead_is_judged_the_same_by_whichever_door_it_comes(client: Client, taken: Callable[..., Import], ada: Any, who: str) -> None:
    fields = PEOPLE[who]
    suppress(kind="phone", value="312 555 0199", by=ada, now=NOW)
    sender = make_sender(fields=FIELDS, duplicate_hours=0)

    sender.lead(client, fields)
    by_api = Lead.objects.latest("number")
    written = io.StringIO()
    csv.writer(written).writerows([fields.keys(), fields.values()])
    taken(sender.campaign, written.getvalue())
    by_file = Lead.objects.latest("number")
    assert (by_api.submission.channel, by_file.submission.channel) == ("api", "file")
    assert judged(by_file) == judged(by_api)

    client.force_login(ada)
    page = client.post(reverse("admin:leads_lead_add") + f"?campaign={sender.campaign.pk}", fields)
    if by_api.status == "rejected":  # the form keeps nothing, and says what is wrong beside each field
        shown = html.unescape(page.content.decode())
        assert all(error["message"] in shown for error in by_api.errors)
    else:
        by_form = Lead.objects.latest("number")
        assert (by_form.submission.channel, judged(by_form)) == ("form", judged(by_api))


def test_the_control_the_look_would_see_a_difference(client: Client, taken: Callable[..., Import]) -> None:
    sender = make_sender(duplicate_hours=0)
    sender.lead(client, {"phone": "312 555 0100"})
    taken(sender.campaign, "phone\n312 555 0101\n")
    first, second = Lead.objects.order_by("number")
    assert judged(first) != judged(second)
