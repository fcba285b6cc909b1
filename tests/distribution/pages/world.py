"""A small market in which leads are really routed, sent and answered, so that their pages have something to tell."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from clients.models import DeliveryAccount
from distribution.demo.factories import (
    CampaignFactory,
    CampaignSaleFactory,
    ClientFactory,
    CompanyFactory,
    DeliveryAccountFactory,
    DeliveryMethodFactory,
    LeadFactory,
    LeadTypeFactory,
    SettingsVersionFactory,
    SourceFactory,
)
from distribution.domain.automation import Automation
from distribution.domain.retry import Outcome
from distribution.domain.settings import Settings
from distribution.models import Delivery
from distribution.services.claim import claim_deliveries
from distribution.services.finish import Finished, finish
from distribution.services.prepare import prepare
from distribution.services.route import route_due
from distribution.transports.envelope import Report
from leads.models import Campaign, Lead
from leads.viewer import look_as, viewer_of

NOON = datetime(2026, 7, 16, 17, 0, tzinfo=UTC)  # a Thursday, noon in Chicago, one o'clock in New York


@dataclass
class Market:
    """One campaign that sells a lead `times` to clients by price, and a clock that only the test moves."""

    campaign: Campaign
    now: datetime = NOON

    @classmethod
    def open(cls, times: int = 1, **campaign: Any) -> "Market":
        CompanyFactory.create(time_zone="America/New_York")
        SettingsVersionFactory.create(settings=Settings(automation=Automation.PRICE))
        made = CampaignFactory.create(
            name="Auto IL", source=SourceFactory.create(name="RateFinder"), lead_type=LeadTypeFactory.create(name="Auto insurance"),
            cost=Decimal("18.40"), **campaign,
        )  # fmt: skip
        CampaignSaleFactory.create(campaign=made, max_deliveries=times)
        return cls(made)

    def buyer(self, name: str, price: str, *, client: Any = None, **account: Any) -> DeliveryAccount:
        client = client or ClientFactory.create(name=name)
        method = DeliveryMethodFactory.create(client=client, name=f"{name} hook", secret="hush-hush-secret", auth_kind="bearer")
        given = {"name": f"{name} auto", "price": Decimal(price)} | account
        return DeliveryAccountFactory.create(client=client, lead_type=self.campaign.lead_type, method=method, **given)

    def lead(self, **fields: Any) -> Lead:
        given = {"first_name": "Marguerite", "last_name": "Oyelaran", "email": "m.oyelaran@mail.example", "phone": "+13125550142"}
        return LeadFactory.create(campaign=self.campaign, received_at=self.now, **(given | fields))

    def route(self) -> int:
        return route_due(now=self.now)

    def answer(self, outcome: Outcome, *, after: float = 1, **report: Any) -> Delivery:
        """Send what is due and let the client answer so."""
        (claimed,) = claim_deliveries(kind="webhook", now=self.now, limit=1, locking=False) or []
        (ready,) = prepare([claimed], now=self.now)
        started, self.now = self.now, self.now + timedelta(seconds=after)
        kept = {"verb": "POST", "url": "https://buyer.example/leads", "headers": {"Authorization": "•••"}}
        told = Report(outcome, **({"status": 200, "request": kept} | report))
        assert finish(Finished(ready.delivery, told, started=started, ended=self.now))
        return Delivery.objects.get(pk=ready.delivery.pk)

    def sell(self, **report: Any) -> Delivery:
        self.route()
        return self.answer(Outcome.ACCEPTED, **report)


def look(user: Any) -> None:
    """Let times and money be shown as this person sees them."""
    look_as(viewer_of(user))
