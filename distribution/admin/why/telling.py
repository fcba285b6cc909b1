"""What the page of one account and one day is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from clients.models import Client, DeliveryAccount
from distribution.admin.story.linking import account_page, client_page
from distribution.domain.automation import Automation, Plan
from distribution.domain.explain import Names, skipped_said
from distribution.domain.reasons import Reason
from distribution.domain.why import Fate, Group, LeadSeen, helps_most, price_to_lead
from distribution.domain.why_words import FORWARD, SAYS, SETTINGS, where_of
from leads.words import money


@dataclass(frozen=True, slots=True)
class Line:
    """One fate of the day's leads, with the address of exactly those leads."""

    code: str
    what: str
    count: int
    percent: Decimal
    said: str
    example: str
    link: str
    tone: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Help:
    """What would help most, how much it would, and where it is done."""

    count: int
    said: str
    remedy: str
    note: str
    page: str


TONES: dict[str, str] = {
    Fate.SOLD: "sold",
    Fate.UNDER_WAY: "queued",
    Fate.IN_DOUBT: "waiting",
    Fate.REFUSED: "failed",
    Fate.FAILED: "failed",
    Fate.BOUNCED: "failed",
    Fate.RETURNED: "failed",
}
FATES = frozenset(Fate)
MANY_WINNERS = 5


def lines(found: Sequence[Group], total: int, names: Names, query: dict[str, str], chosen: tuple[str, str]) -> list[Line]:
    return [_line(group, total, names, query, chosen) for group in found]


def _line(group: Group, total: int, names: Names, query: dict[str, str], chosen: tuple[str, str]) -> Line:
    asked = query | {"reason": group.code} | ({"what": group.what} if group.what else {})
    return Line(
        code=group.code,
        what=group.what,
        count=group.count,
        percent=(Decimal(group.count * 100) / total).quantize(Decimal("0.1")),
        said=said(group),
        example=example(group.example, names),
        link=f"?{urlencode(asked)}#leads",
        tone=TONES.get(group.code, ""),
        is_chosen=chosen == (group.code, group.what),
    )


def said(group: Group) -> str:
    """What happened to the leads of a group; of criteria which one, of limits whose."""
    text = SAYS[group.code].what
    if group.code == Reason.CRITERIA and group.what:
        return f"{text} ({label_of(group.example)})"
    return f"{text}, a limit of the {group.what}" if group.what in ("client", "account") else text


def label_of(lead: LeadSeen) -> str:
    detail = (lead.line.detail if lead.line else None) or {}
    return str(detail.get("label") or detail.get("field") or "").replace("_", " ").lower()


def example(lead: LeadSeen, names: Names) -> str:
    """What the trace says of one lead; empty where there is nothing to add."""
    if lead.offer is None and lead.line is not None and lead.line.reason is not None and lead.line.detail:
        return skipped_said(lead.line, names, now=lead.decided_at)
    if lead.code == Fate.BEHIND and lead.winner is not None:
        return f"{names.client(lead.winner)} bought it for {money(lead.winner_price)}."
    return ""


def help_for(found: Sequence[Group], seen: Sequence[LeadSeen], account: DeliveryAccount, plan: Plan) -> Help | None:
    """The one change that would help most."""
    group = helps_most(found)
    if group is None:
        return None
    remedy, where, note = SAYS[group.code].remedy, where_of(group.code, group.what), ""
    if group.code == Reason.CRITERIA and group.what:
        remedy = f"Widen the condition on {label_of(group.example)}, if the client wants such leads."
    if group.code == Fate.BEHIND:
        remedy, where = FORWARD[plan.automation]
        note = _price_note(seen) if plan.automation is Automation.PRICE else ""
    elif group.code in frozenset(Reason):
        note = "Checks stop at the first that fails, so some of these leads might have failed a later one."
    return Help(group.count, said(group), remedy, note, _page(where, account))


def _price_note(seen: Sequence[LeadSeen]) -> str:
    price = price_to_lead(seen)
    return f"Above {money(price)} it would have stood before the buyer of half of them." if price is not None else ""


def _page(where: str, account: DeliveryAccount) -> str:
    pages = {
        "client": lambda: client_page(account.client_id),
        "account": lambda: account_page(account.pk),
        "methods": lambda: f"{reverse('admin:clients_deliverymethod_changelist')}?{urlencode({'q': account.client.name})}",
        SETTINGS: lambda: reverse("admin:distribution_settings"),
        "campaigns": lambda: reverse("admin:leads_campaign_changelist"),
    }
    return pages[where]() if where in pages else ""


def winners(seen: Sequence[LeadSeen], own: int) -> list[tuple[int, int]]:
    """Who bought the leads that it did not get: clients with their counts, the most first."""
    counted = Counter(lead.winner for lead in seen if lead.winner is not None and lead.winner != own)
    return [(client, number) for client, number in counted.most_common(MANY_WINNERS) if client is not None]


def names_for(seen: Sequence[LeadSeen], account: DeliveryAccount, currency: str) -> Names:
    """Names of the account and of every client that a sentence may name; one query."""
    wanted = {lead.winner for lead in seen if lead.winner is not None}
    wanted |= {lead.line.detail["waiting_for"] for lead in seen if lead.line and lead.line.detail and "waiting_for" in lead.line.detail}
    clients = dict(Client.objects.filter(pk__in=wanted).values_list("pk", "name"))
    zone = account.time_zone or account.client.time_zone
    return Names(
        clients | {account.client_id: account.client.name},
        {account.pk: account.name},
        money="$" if currency == "USD" else f"{currency} ",
        zones={account.pk: zone},
    )


def sold_for(seen: Sequence[LeadSeen]) -> Decimal:
    return sum((lead.price or Decimal(0) for lead in seen if lead.code == Fate.SOLD), Decimal(0))
