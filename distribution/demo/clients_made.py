"""A planned client's delivery methods and accounts, made."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from clients.enums import AccountStatus, AuthKind, BodyKind, MethodKind, MethodUse, OffHours, ServerErrorMeans
from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.demo import dropbox
from distribution.demo.clientele import ClientPlan
from distribution.demo.factories import AccountMethodFactory, DeliveryAccountFactory, DeliveryMethodFactory
from distribution.demo.verticals import LEAD_TYPES
from leads.domain.criteria_fields import STANDARD
from leads.models import LeadType

JSON_RULES: list[dict[str, Any]] = [
    {"when": {"path": "$.status", "equals": "accepted"}, "means": "accepted", "reference": "$.reference"},
    {"when": {"path": "$.status", "equals": "duplicate"}, "means": "duplicate", "reason": "$.reason"},
    {"when": {"path": "$.status", "equals": "rejected"}, "means": "rejected", "reason": "$.reason"},
]
XML_RULES: list[dict[str, Any]] = [
    {"when": {"path": "/answer/status", "equals": "accepted"}, "means": "accepted", "reference": "/answer/reference"},
    {"when": {"path": "/answer/status", "equals": "rejected"}, "means": "rejected", "reason": "/answer/reason"},
]
RULES: Mapping[str, list[dict[str, Any]]] = {
    BodyKind.JSON: JSON_RULES,
    BodyKind.FORM: JSON_RULES,
    BodyKind.XML: XML_RULES,
}
BODIES = (BodyKind.JSON, BodyKind.JSON, BodyKind.FORM, BodyKind.JSON, BodyKind.XML)
AUTHS: tuple[dict[str, str], ...] = (
    {},
    {"auth_kind": AuthKind.BEARER, "secret": "sample-token-of-no-value"},
    {},
    {"auth_kind": AuthKind.BASIC, "auth_user": "lantern", "secret": "sample-password-of-no-value"},
    {"auth_kind": AuthKind.SIGNED, "secret": "whsec_c2FtcGxlLWtleS1vZi1uby12YWx1ZS1hdC1hbGw="},
)
FIELD_MAP = [
    ["first", "first_name", ""],
    ["last", "last_name", ""],
    ["phone", "phone", "digits"],
    ["email", "email", "lower"],
    ["city", "city", ""],
    ["state", "state", "upper"],
    ["zip", "zip", ""],
    ["lead", "lead_number", ""],
    ["price", "price", ""],
]
SUBJECT = "New lead for you in {{ city }}, {{ state }}"
TEXT = """A new lead for you:

{{ first_name }} {{ last_name }}
{{ phone }}
{{ email }}
{{ address }}, {{ city }}, {{ state }} {{ zip }}
"""
PAGE = """<p>A new lead for you:</p>
<p><b>{{ first_name }} {{ last_name }}</b><br>{{ phone }}<br>{{ email }}<br>{{ address }}, {{ city }}, {{ state }} {{ zip }}</p>
<p><a href="https://www.openstreetmap.org/search?query={{ zip }}">Where it is</a></p>
"""
SPECIAL: Mapping[int, dict[str, Any]] = {
    6: {"status": AccountStatus.PAUSED},
    23: {"status": AccountStatus.PAUSED},
    41: {"status": AccountStatus.PAUSED},
    17: {"status": AccountStatus.CLOSED},
    12: {"off_hours": OffHours.HOLD},
    33: {"is_automated": False},
    28: {"may_exceed_caps": True},
    50: {"required_profit_percent": 40},
    55: {"qualified_percent": 25, "qualified_window": "day"},
    61: {"time_zone": "America/Chicago"},
}
"""By place among the eighty: what is out of the ordinary about an account."""


def make_methods(client: Client, plan: ClientPlan, *, buyer_url: str, now: datetime) -> list[DeliveryMethod]:
    """Make how leads reach the client; every eighth also has a mailbox for when its server fails."""
    if plan.manner in UNANSWERED:
        return UNANSWERED[plan.manner](client, plan, now)
    place = plan.place
    body = BODIES[place % len(BODIES)]
    webhook = DeliveryMethodFactory.create(
        client=client,
        url=f"{buyer_url}/{plan.manner}/{plan.slug}",
        test_url=f"{buyer_url}/test/{plan.slug}",
        body_kind=body,
        field_map=[*FIELD_MAP, *([own.name, own.name, ""] for own in LEAD_TYPES[plan.vertical] if own.name not in STANDARD)],
        rules=rules_of(plan.manner, body),
        recognises_repeats=plan.recognises_repeats,
        server_error_means=ServerErrorMeans.NOT_TAKEN if plan.manner == "busy" else ServerErrorMeans.IN_DOUBT,
        timeout_seconds=(30, 15, 20)[place % 3],
        tested_at=now,
        **AUTHS[place % len(AUTHS)],
        **(asked_first(plan, body, buyer_url) if plan.manner == "picky" and place % 3 == 0 else {"name": "Webhook"}),
    )
    return [webhook, make_mailbox(client, plan, now=now)] if place % 8 == 0 else [webhook]


def asked_first(plan: ClientPlan, body: str, buyer_url: str) -> dict[str, Any]:
    """Return what makes a client one that is asked, and bids, before it is sold a lead."""
    rules = [dict(rule) for rule in RULES[body]]
    rules[0]["price"] = "/answer/bid" if body == BodyKind.XML else "$.bid"
    return {
        "name": "Ping-post",
        "kind": MethodKind.PING_POST,
        "ping_url": f"{buyer_url}/bids/{plan.slug}",
        "ping_field_map": [["ping", "ping_id", ""], ["state", "state", "upper"], ["zip", "zip", ""], ["price", "price", ""]],
        "ping_rules": rules,
    }


def rules_of(manner: str, body: str) -> list[dict[str, Any]]:
    """Return what the client's answers mean; who confirms a price has it read from the answer."""
    rules = [dict(rule) for rule in RULES[body]]
    if manner == "pricing":
        rules[0]["price"] = "/answer/price" if body == BodyKind.XML else "$.price"
    return rules


def make_view(client: Client, plan: ClientPlan, now: datetime) -> list[DeliveryMethod]:
    """Make a client that looks its leads up by itself, and has a mail of each one."""
    view = DeliveryMethodFactory.create(client=client, name="Own view", kind=MethodKind.PORTAL, url="", tested_at=now)
    return [view, make_mailbox(client, plan, now=now)]


def make_files(client: Client, plan: ClientPlan, now: datetime) -> list[DeliveryMethod]:
    """Make a client that gets a file an hour, at the demo buyer's own SFTP server."""
    own = ([own.name, own.name, ""] for own in LEAD_TYPES[plan.vertical] if own.name not in STANDARD)
    files = DeliveryMethodFactory.create(
        client=client,
        name="Hourly file",
        kind=MethodKind.FILE,
        url="",
        host=dropbox.HERE,
        port=settings.DEMO_SFTP_PORT,
        folder=dropbox.FOLDER,
        auth_user=dropbox.USER,
        secret=dropbox.PASSWORD,
        host_key=dropbox.public_host_key(),
        field_map=[["delivery", "delivery_id", ""], *FIELD_MAP, *own],
        tested_at=now,
    )
    return [files]


UNANSWERED: Mapping[str, Callable[[Client, ClientPlan, datetime], list[DeliveryMethod]]] = {
    "mail": lambda client, plan, now: [make_mailbox(client, plan, now=now)],
    "portal": make_view,
    "file": make_files,
}
"""Those that get their leads without a word of their own."""


def make_mailbox(client: Client, plan: ClientPlan, *, now: datetime) -> DeliveryMethod:
    return DeliveryMethodFactory.create(
        client=client, name="E-mail", mail=True, to_address=plan.contact, subject=SUBJECT, text_body=TEXT, html_body=PAGE, tested_at=now
    )


def make_accounts(
    client: Client, plan: ClientPlan, methods: Sequence[DeliveryMethod], lead_types: Mapping[str, LeadType]
) -> list[DeliveryAccount]:
    made = []
    for demand in plan.demands:
        account = DeliveryAccountFactory.create(
            client=client,
            lead_type=lead_types[demand.lead_type],
            name=demand.name,
            price=demand.price,
            is_exclusive=demand.is_exclusive,
            criteria=demand.criteria,
            schedule=demand.schedule,
            **{**demand.options, **SPECIAL.get(DeliveryAccount.objects.count(), {})},
        )
        for position, method in enumerate(methods):
            use = (MethodUse.ALWAYS if plan.manner == "portal" else MethodUse.ON_FAILURE) if position else MethodUse.FIRST
            AccountMethodFactory.create(account=account, method=method, position=position, use=use)
        made.append(account)
    return made
