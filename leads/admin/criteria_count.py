"""What the criteria builder asks: the fields of a lead type, and how many of its last leads match."""

import json
from typing import Any

from django.db import connection, transaction
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from leads.clock import database_now
from leads.criteria_sql import to_q
from leads.domain.criteria_check import check
from leads.domain.criteria_fields import AGE, FieldSpec
from leads.domain.criteria_operators import OF_AGE, RULES, Operator, operators_of
from leads.menu import page
from leads.models import Lead, LeadType
from leads.services.facts import field_specs

LAST = 5_000
PATIENCE = "5s"
SEES_LEADS = "leads.view_lead"

WORDS: dict[Operator, str] = {
    Operator.EQ: "is",
    Operator.NE: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.LT: "is less than",
    Operator.LTE: "is at most",
    Operator.GT: "is more than",
    Operator.GTE: "is at least",
    Operator.BETWEEN: "is between",
    Operator.CONTAINS: "contains",
    Operator.NOT_CONTAINS: "does not contain",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.MATCHES: "matches pattern",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_SET: "is set",
    Operator.WITHIN_MILES: "is within",
    Operator.AGE_LT: "is younger than",
    Operator.AGE_GT: "is older than",
}


@page(None, address="criteria/fields/", name="criteria_fields", permission=SEES_LEADS)
@require_GET
def criteria_fields(request: HttpRequest) -> HttpResponse:
    """The fields that a condition may name, those of the lead type first, and the operators each takes."""
    fields = _fields_of(request.GET.get("lead_type"))
    operators = {sign: {"word": WORDS[sign], "shape": rule.shape} for sign, rule in RULES.items()}
    return JsonResponse({"fields": [_told(spec) for spec in fields.values()], "operators": operators})


def _told(spec: FieldSpec) -> dict[str, Any]:
    signs = [*operators_of(spec.kind), *(sorted(OF_AGE) if spec.name == AGE else ())]
    return {"name": spec.name, "label": spec.label, "kind": spec.kind, "choices": spec.choices, "operators": signs}


@page(None, address="criteria/count/", name="criteria_count", permission=SEES_LEADS)
@require_POST
def criteria_count(request: HttpRequest) -> HttpResponse:
    """How many of the last leads of the type match, of those that the person may see; or what is wrong with the tree."""
    try:
        tree = json.loads(request.POST.get("criteria") or "null")
    except (ValueError, RecursionError):
        return JsonResponse({"problems": [{"path": "", "message": "This is not JSON."}]})
    lead_type = request.POST.get("lead_type")
    fields = _fields_of(lead_type)
    problems = check(tree, fields)
    if problems:
        return JsonResponse({"problems": [{"path": problem.path, "message": problem.message} for problem in problems]})
    newest = Lead.objects.visible_to(request.user).filter(is_test=False).order_by("-received_at", "-id")
    if lead_type:
        newest = newest.filter(lead_type=int(lead_type))
    counted = _counted(tree, fields, newest[:LAST])
    return JsonResponse(counted or {"late": True})


def _counted(tree: Any, fields: dict[str, FieldSpec], leads: Any) -> dict[str, int] | None:
    """None when the database would need too long for a figure that only helps."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            keys = list(leads.values_list("pk", flat=True))
            asked = Lead.objects.filter(pk__in=keys)
            matched = asked.filter(to_q(tree, fields, database_now(), among=asked)).count()
    except OperationalError:
        return None
    return {"matched": matched, "of": len(keys)}


def _fields_of(lead_type: str | None) -> dict[str, FieldSpec]:
    """Without a lead type the standard fields; 404 for one that is not there."""
    if not lead_type:
        return field_specs([])
    found = LeadType.objects.filter(pk=lead_type).first() if lead_type.isdecimal() and len(lead_type) < 19 else None
    if found is None:
        raise Http404
    return field_specs(found.fields.all())
