"""A small market whose deliveries lie ready to be sent, a clock that only tests move, and counts taken from the rows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.models import Decision, Delivery, SettingsVersion
from distribution.services.deliver import drain_deliveries
from leads.models import Campaign, CapWindow, Lead, LeadType, Source

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Clock:
    """The database's clock in these tests."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        n = next(_numbers)
        self.lead_type = LeadType.objects.create(name=f"solar {n}")
        source = Source.objects.create(name=f"ads {n}")
        self.campaign = Campaign.objects.create(name=f"web {n}", source=source, lead_type=self.lead_type, routes=["distribute"])
        self.version = SettingsVersion.objects.order_by("number").last() or self.settings()

    def settings(self, **data: Any) -> SettingsVersion:
        number = SettingsVersion.objects.count() + 1
        self.version = SettingsVersion.objects.create(number=number, created=self.clock(), data=data)
        return self.version

    def buyer(self, url: str, *, name: str = "Acme", **options: Any) -> DeliveryMethod:
        client = Client.objects.create(name=f"{name} {next(_numbers)}")
        method = self.method(client, url, **options)
        DeliveryAccount.objects.create(client=client, lead_type=self.lead_type, name="All", price=Decimal(25))
        return method

    def method(self, client: Client, url: str, **options: Any) -> DeliveryMethod:
        written = {
            "name": f"hook {next(_numbers)}",
            "field_map": [["id", "lead_id"], ["fname", "first_name"]],
            "timeout_seconds": 2,
            **options,
        }
        return DeliveryMethod.objects.create(client=client, url=url, **written)

    def lead(self, **values: Any) -> Lead:
        n = next(_numbers)
        written = {"first_name": "Ann", "phone": f"+1310555{n:04d}", "email": f"ann{n}@people.example", **values}
        return Lead.objects.create(
            campaign=self.campaign, lead_type=self.lead_type, received_at=self.clock(), status="accepted", outcome="pending",
            routes_left=["distribute"], **written,
        )  # fmt: skip

    def offer(self, method: DeliveryMethod, lead: Lead | None = None, **options: Any) -> Delivery:
        """A delivery as routing leaves it: one place reserved in the client's day, due now."""
        lead = lead or self.lead()
        account = method.client.accounts.get()
        window, _ = CapWindow.objects.get_or_create(scope="client", scope_id=method.client_id, kind="day", start=NOON.replace(hour=5))
        window.used += 1
        window.save()
        written = {
            "decision": Decision.objects.create(lead=lead, version=self.version, started=self.clock(), run=lead.decisions.count() + 1),
            "slot": 1, "rank": 1, "pool": "default", "price": account.price, "due_at": self.clock(), "created": self.clock(),
            "windows": [[window.pk, "1"]], **options,
        }  # fmt: skip
        return Delivery.objects.create(lead=lead, client=method.client, account=account, method=method, **written)

    def drain(self, kind: str = "webhook", **options: Any) -> int:
        return drain_deliveries(kind=kind, seconds=options.pop("seconds", 20), clock=self.clock, **options)

    def run(self, *, minutes: float = 20, kind: str = "webhook", step: float = 5) -> None:
        """Let time pass, sending whatever falls due."""
        for _ in range(int(minutes * 60 / step)):
            self.drain(kind)
            if not Delivery.objects.filter(state__in=["queued", "sending"]).exists():
                return
            self.clock.go(step)


def held(method: DeliveryMethod) -> Decimal:
    """How many places the client's deliveries hold in its day."""
    return CapWindow.objects.get(scope="client", scope_id=method.client_id).used
