"""The campaigns' API as OpenAPI: its views are plain ones, so what they take and answer is written here, once.

`tests/leads/api/test_schema.py` posts what this allows, and what it does not, and compares every answer with it.
"""

from typing import Any

from leads.api.batch import MOST_LEADS
from leads.api.body import FORM, JSON
from leads.api.openapi_words import ANSWERS, PARAMETERS
from leads.domain.lead_types import STANDARD_NAMES
from leads.enums import LeadOutcome, LeadStatus

type Json = dict[str, Any]

KEY = "campaignKey"
TAG = "Posting leads"
SECURITY: list[Json] = [{KEY: []}]
STORED = [status.value for status in LeadStatus]


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def object_of(properties: Json, *required: str, more: bool = False, **told: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": more} | told


TEXT: Json = {"type": "string"}
MAYBE_TEXT: Json = {"type": ["string", "null"]}
UUID: Json = {"type": "string", "format": "uuid"}
TIME: Json = {"type": "string", "format": "date-time"}
MAYBE_TIME: Json = {"type": ["string", "null"], "format": "date-time"}
PRICE: Json = {"type": ["string", "null"], "pattern": r"^\d+\.\d\d$", "description": "What it was sold for in all, if the campaign tells"}
ERRORS: Json = {"type": "array", "items": ref("FieldError")}
OUTCOME: Json = {"enum": [outcome.value for outcome in LeadOutcome]}

FIELDS: Json = {
    "type": "object",
    "additionalProperties": True,
    "description": "Name and value, as the posting instructions of the campaign list them. What they do not know is kept and not used.",
    "examples": [{"first_name": "Ana", "last_name": "Example", "phone": "312 555 0100", "email": "ana@example.com", "zip": "60601"}],
}
LEAD_SENT = object_of(
    {"fields": FIELDS, "test": {"type": "boolean", "default": False, "description": "Judged and answered, never delivered"}},
    "fields",
    more=True,
)
SCHEMAS: dict[str, Json] = {
    "FieldError": object_of(
        {
            "field": MAYBE_TEXT | {"description": "null when the whole is meant"},
            "code": TEXT | {"description": "For programs"},
            "message": TEXT | {"description": "For people: what is wrong, and what to do"},
        },
        "field",
        "code",
        "message",
    ),
    "Problem": object_of({"status": {"enum": ["error"]}, "errors": ERRORS}, "status", "errors"),
    "LeadSent": LEAD_SENT,
    "LeadSentAsForm": {
        "type": "object",
        "properties": dict.fromkeys(sorted(STANDARD_NAMES), TEXT) | {"test": {"enum": ["true", "false"]}},
        "additionalProperties": TEXT,
        "description": "The fields themselves; `test=true` beside them marks a test.",
    },
    "Taken": object_of(
        {"id": UUID, "status": {"enum": ["accepted"]}, "outcome": OUTCOME, "price": PRICE},
        "id",
        "status",
        description="`outcome` and `price` with `?wait` only.",
    ),
    "NotSold": object_of({"id": UUID, "status": {"enum": ["duplicate", "suppressed"]}}, "id", "status"),
    "Rejected": object_of({"id": UUID, "status": {"enum": ["rejected"]}, "errors": ERRORS}, "id", "status", "errors"),
    "BatchSent": {
        "oneOf": [
            object_of({"leads": {"type": "array", "items": ref("LeadSent"), "minItems": 1, "maxItems": MOST_LEADS}}, "leads", more=True),
            {"type": "array", "items": ref("LeadSent"), "minItems": 1, "maxItems": MOST_LEADS},
        ]
    },
    "BatchResults": object_of(
        {
            "results": {
                "type": "array",
                "items": object_of(
                    {"code": {"enum": [200, 201, 400, 413, 422]}, "id": UUID, "status": {"enum": [*STORED, "error"]}, "errors": ERRORS},
                    "code",
                    "status",
                ),
            }
        },
        "results",
    ),
    "OwnLead": object_of(
        {
            "id": UUID,
            "number": TEXT | {"pattern": r"^L-\d+$"},
            "received": TIME,
            "test": {"type": "boolean"},
            "status": {"enum": STORED},
            "outcome": {"enum": [*OUTCOME["enum"], None]},
            "errors": ERRORS,
            "duplicate_of": {"type": ["string", "null"], "format": "uuid"},
            "deliveries": {
                "type": "array",
                "items": object_of(
                    {"number": TEXT, "state": TEXT, "created": TIME, "finished": MAYBE_TIME, "price": PRICE},
                    "number",
                    "state",
                    "created",
                    "finished",
                ),
            },
            "price": PRICE,
        },
        *("id", "number", "received", "test", "status", "outcome", "errors", "duplicate_of", "deliveries"),
    ),
    "PostingInstructions": object_of(
        {
            **dict.fromkeys(("campaign", "status", "lead_type", "post_to", "batch_to"), TEXT),
            "test_mode": {"type": "boolean"},
            "content_types": {"type": "array", "items": TEXT},
            "headers": {"type": "object"},
            "limits": {"type": "object"},
            "fields": {"type": "array", "items": {"type": "object"}},
            "example": ref("LeadSent"),
        },
        *("campaign", "status", "lead_type", "post_to", "batch_to", "test_mode", "content_types", "headers", "limits", "fields", "example"),
    ),
}


def answers(good: dict[str, str], *bad: int) -> Json:
    """Answers by code: the good ones name their form, the others have the one form of all problems."""
    told = {code: {"description": ANSWERS[code], "content": {JSON: {"schema": ref(name)}}} for code, name in good.items()}
    return told | {
        str(code): {"description": ANSWERS[str(code)], "content": {JSON: {"schema": ref("Problem")}}}
        for code in (401, 405, *bad, 429, 503)
        if str(code) not in good
    }


def operation(name: str, summary: str, description: str, responses: Json, **more: Any) -> Json:
    told = {"operationId": name, "summary": summary, "description": description, "tags": [TAG], "security": SECURITY}
    return told | {"responses": responses} | more


def body(*kinds: tuple[str, str]) -> Json:
    return {"required": True, "content": {kind: {"schema": ref(name)} for kind, name in kinds}}


REJECTED: Json = {"description": ANSWERS["422"], "content": {JSON: {"schema": {"oneOf": [ref("Rejected"), ref("Problem")]}}}}
"""A lead that is stored as rejected has an id; a bad `wait` or idempotency key stores nothing."""

PATHS: dict[str, Json] = {
    "/api/v1/leads/": {
        "post": operation(
            "post_lead",
            "Post a lead",
            "It is judged at once and, if accepted, routed a moment later. Repeat a post that got no answer with the same "
            "`Idempotency-Key`: you get the first answer, and no second lead.",
            answers({"201": "Taken", "200": "NotSold"}, 400, 403, 409, 413, 415) | {"422": REJECTED},
            parameters=[PARAMETERS["wait"], PARAMETERS["idempotency"]],
            requestBody=body((JSON, "LeadSent"), (FORM, "LeadSentAsForm")),
        )
    },
    "/api/v1/leads/batch/": {
        "post": operation(
            "post_batch",
            f"Post up to {MOST_LEADS:,} leads",
            "One result a lead, in their order, each as its own post would have been answered (`code`). All are stored, or none.",
            answers({"207": "BatchResults"}, 400, 403, 409, 413, 415, 422),
            parameters=[PARAMETERS["idempotency"]],
            requestBody=body((JSON, "BatchSent")),
        )
    },
    "/api/v1/leads/{id}/": {
        "get": operation(
            "get_own_lead",
            "What became of a lead",
            "Of leads of your own campaign only; another one's lead is as absent as one that never was.",
            answers({"200": "OwnLead"}, 404),
            parameters=[PARAMETERS["id"]],
        )
    },
    "/api/v1/campaigns/self/spec/": {
        "get": operation(
            "get_posting_instructions",
            "The posting instructions of your campaign",
            "Its fields with kinds, choices and examples, as they are today.",
            answers({"200": "PostingInstructions"}),
        )
    },
}
KEY_SCHEME: Json = {"type": "http", "scheme": "bearer", "description": "A campaign's key, `sw_live_...`. It posts leads and reads its own."}


def with_intake(result: Json, generator: Any = None, request: Any = None, public: bool = True) -> Json:  # noqa: FBT001, FBT002 -- drf-spectacular's signature
    """Lay the campaigns' API into the schema, before what the framework has found (a hook of drf-spectacular)."""
    parts = result.setdefault("components", {})
    parts["schemas"] = SCHEMAS | parts.get("schemas", {})
    parts["securitySchemes"] = {KEY: KEY_SCHEME} | parts.get("securitySchemes", {})
    result["paths"] = PATHS | result.get("paths", {})
    return result
