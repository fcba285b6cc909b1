"""What needs a person, worst first, each with what happens meanwhile and where to go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.enums import DeliveryState
from distribution.models import Delivery
from distribution.reports import oldest
from leads.domain.windows import WindowKind, window
from leads.enums import CapKind, CapScope, LeadOutcome
from leads.models import CapWindow, Lead
from pullqueue.queries import closed_dates_end
from pullqueue.services.rebuild import changed_strategies

MOST_OF_A_KIND = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """`what` is said bold, `then` is what happens meanwhile; `tone` is bad, warn or muted."""

    what: str
    then: str
    tone: str
    since: datetime | None = None
    links: tuple[tuple[str, str], ...] = ()


def notices(*, now: datetime) -> list[Notice]:
    """Return everything that needs a person; a fixed number of queries, however much there is."""
    return [*_unknown(), *_stuck(), *_paused(now), *_full(now), *_unrouted(), *_not_rebuilt(), *_closed_dates(now)]


def _unknown() -> Iterator[Notice]:
    count, since = oldest(Delivery.objects.filter(state=DeliveryState.UNKNOWN), "finished_at")
    if count:
        what = "1 delivery has an unknown outcome." if count == 1 else f"{count} deliveries have an unknown outcome."
        then = "The client may have taken the lead. It is sold to nobody else until a person decides."
        yield Notice(what, then, "bad", since, (("Settle them", reverse("admin:attention")),))


def _stuck() -> Iterator[Notice]:
    count, since = oldest(Lead.objects.exclude(stuck_reason="").filter(due_at__isnull=False), "received_at")
    if count:
        what = "1 lead is stuck." if count == 1 else f"{count} leads are stuck."
        then = "Its distribution failed again and again. It is tried more slowly; the others go on."
        yield Notice(what, then, "bad", since, (("Look at them", reverse("admin:attention")),))


def _paused(now: datetime) -> Iterator[Notice]:
    paused = DeliveryMethod.objects.filter(paused_until__gt=now, is_enabled=True, archived_at=None).select_related("client")
    for method in paused.order_by("paused_until")[:MOST_OF_A_KIND]:
        then = "Deliveries by it wait or go to the next client; it is tried again by itself."
        what = f"{method.client.name}’s {method.name} is paused: {method.paused_reason or 'it failed several times in a row'}."
        yield Notice(
            what,
            then,
            "bad",
            None,
            (
                ("Look at it", reverse("admin:clients_deliverymethod_change", args=[method.pk])),
                ("End the pause", reverse("admin:attention")),
            ),
        )


def _full(now: datetime) -> Iterator[Notice]:
    """Day caps that are used up in the present day of their owner."""
    owners = [*_owners(now)]
    wanted = Q()
    for scope, owner, start in owners:
        wanted |= Q(scope=scope, scope_id=owner.pk, start=start)
    if not owners:
        return
    used = {(row.scope, row.scope_id): row.used for row in CapWindow.objects.filter(wanted, kind=CapKind.DAY)}
    full = [(scope, owner) for scope, owner, _ in owners if used.get((scope, owner.pk), 0) >= owner.cap_day]
    for scope, owner in full[:MOST_OF_A_KIND]:
        page = "admin:clients_client_change" if scope == CapScope.CLIENT else "admin:clients_deliveryaccount_change"
        then = f"{owner.cap_day} of {owner.cap_day} leads today. Leads go to others until its midnight."
        yield Notice(f"{owner} used up its day cap.", then, "warn", None, (("Look at its caps", reverse(page, args=[owner.pk])),))


def _owners(now: datetime) -> Iterator[tuple[str, Any, datetime]]:
    clients = Client.objects.filter(cap_day__gt=0, archived_at=None, status="active")
    accounts = DeliveryAccount.objects.filter(cap_day__gt=0, archived_at=None, status="open", client__status="active").select_related(
        "client"
    )
    for client in clients:
        yield CapScope.CLIENT, client, window(WindowKind.DAY, ZoneInfo(client.time_zone), now).start
    for account in accounts:
        yield (
            CapScope.ACCOUNT,
            account,
            window(WindowKind.DAY, ZoneInfo(account.client.time_zone), now).start,
        )  # caps count in the client's zone


def _unrouted() -> Iterator[Notice]:
    count, since = oldest(Lead.objects.filter(outcome=LeadOutcome.UNROUTED, is_test=False), "received_at")
    if count:
        what = "1 lead is unrouted." if count == 1 else f"{count} leads are unrouted."
        then = "No client took it, and no other route does. Each one’s page says why."
        yield Notice(what, then, "warn", since, (("See why, route them again", reverse("admin:unrouted")),))


def _not_rebuilt() -> Iterator[Notice]:
    changed = changed_strategies()
    if changed:
        what = "1 pull strategy changed" if len(changed) == 1 else f"{len(changed)} pull strategies changed"
        link = (("Preview the rebuild", reverse("admin:queue_rebuild")),)
        yield Notice(
            f"{what} since the last rebuild.",
            "The queue still follows the old rules; new leads are judged by the new ones.",
            "muted",
            None,
            link,
        )


def _closed_dates(now: datetime) -> Iterator[Notice]:
    ends = closed_dates_end(now.date())
    if ends:
        states = "1 state" if ends.states == 1 else f"{ends.states} states"
        then = "After it their holidays are called like other days. Add the dates of the coming years from the laws of each state."
        link = (("Add closed dates", reverse("admin:pullqueue_nocalldate_changelist")),)
        yield Notice(f"The closed dates of {states} end, the first on {ends.first:%-d %B %Y}.", then, "warn", None, link)
