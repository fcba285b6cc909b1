"""Up to 1,000 leads in one post, each judged for itself, all stored in one transaction."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from leads.api import strict_json
from leads.api.body import BATCH_BYTES, JSON, LEAD_BYTES, arrival_of, content_type, read_body
from leads.api.caller import caller_of
from leads.api.door import door
from leads.api.leads import receive, replayed, spec_of
from leads.api.problems import Problem, answer, too_large
from leads.domain.intake import FieldError
from leads.services.drafts import Arrival
from leads.services.receipts import UNREADABLE, Receipt

MOST_LEADS = 1_000
SOME_LEADS = 'Send {"leads": [{"fields": {...}}, ...]} with at least one lead.'


@door("POST")
def post_batch(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    content_type(request, JSON)
    body = read_body(request, BATCH_BYTES, "16 MiB a batch")
    arrivals = [_arrival(sent) for sent in _leads(body)]
    receipts = receive(request, caller, spec_of(caller), arrivals, body)
    results = [{"code": receipt.http} | receipt.to_json() for receipt in receipts]
    return answer(207, {"results": results}, replayed(receipts[0]))


def _leads(body: bytes) -> list[Any]:
    sent = strict_json.parse(body) if body.strip() else None
    leads = sent.get("leads") if isinstance(sent, dict) else sent
    if not isinstance(leads, list) or not leads:
        raise Problem(400, "not_an_object", SOME_LEADS)
    if len(leads) > MOST_LEADS:
        raise too_large(f"{MOST_LEADS:,} leads a batch")
    return leads


def _arrival(sent: Any) -> Arrival | Receipt:
    """Read one lead of a batch; what is none keeps its place in the answer and spoils no other."""
    try:
        arrival = arrival_of(sent)
        if len(json.dumps(sent, default=str)) > LEAD_BYTES:
            raise too_large("64 KiB a lead")
    except Problem as problem:
        error = problem.error
        return Receipt(None, UNREADABLE, (FieldError(error["field"], str(error["code"]), str(error["message"])),))
    return arrival
