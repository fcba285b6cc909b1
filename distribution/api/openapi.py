"""What the framework cannot see of the staff API: the answers that are not 2xx, in the form of the whole API."""

from typing import Any

STAFF = "/api/v1/staff/"
WORDS = {
    "400": "A parameter or the body cannot be: each problem by field.",
    "401": "`bad_token`: missing, unknown, revoked or expired, or a campaign's key.",
    "403": "`permission_denied`: your role may look, not do. `csrf_failed`: signed in, but without the form's token.",
    "404": "Not there, or not shown to your role.",
    "405": "This address takes other methods; `Allow` names them.",
    "406": "This API answers in JSON only.",
    "415": "Send application/json.",
    "429": "Too many requests. Come again after `Retry-After` seconds.",
    "503": "The database cannot answer now. Come again after `Retry-After` seconds.",
}
FORM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def with_problems(result: dict[str, Any], generator: Any = None, request: Any = None, public: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- drf-spectacular's signature
    """Add to each call of the staff API how it may be refused (a hook of drf-spectacular)."""
    for path, calls in result.get("paths", {}).items():
        if path.startswith(STAFF):
            for verb, call in calls.items():
                left_out = set() if verb == "post" else {"403", "415"}
                problems = {code: {"description": text, "content": FORM} for code, text in WORDS.items() if code not in left_out}
                call["responses"] = problems | call["responses"]
    return result
