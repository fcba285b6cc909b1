"""A source with one campaign and its key, as most tests of intake need it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leads.models import Campaign, CampaignKey, LeadField, LeadType, Source
from leads.services.keys import create_key

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
ANA = {"first_name": "Ana", "last_name": "Example", "phone": "(312) 555-0100", "email": "Ana@Mail.Example", "zip": "60601"}


@dataclass(frozen=True)
class Sender:
    """Posts as the source would."""

    campaign: Campaign
    key: CampaignKey
    plain: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.plain}", **more}

    def post(self, client: Any, body: Any, path: str = "/api/v1/leads/", **headers: str) -> Any:
        return client.post(path, body, content_type="application/json", headers=self.headers(**headers))

    def lead(self, client: Any, fields: Any = None, path: str = "/api/v1/leads/", **headers: str) -> Any:
        return self.post(client, {"fields": ANA if fields is None else fields}, path, **headers)


def make_campaign(
    *, name: str = "Spring", lead_type: LeadType | None = None, fields: tuple[dict[str, Any], ...] = (), **more: Any
) -> Campaign:
    lead_type = lead_type or LeadType.objects.get_or_create(name="General")[0]
    for place, field in enumerate(fields):
        LeadField.objects.create(lead_type=lead_type, position=place, **field)
    source = Source.objects.get_or_create(name="Ads")[0]
    return Campaign.objects.create(name=name, source=source, lead_type=lead_type, **({"cost": "5.00"} | more))


def make_sender(**campaign: Any) -> Sender:
    made = make_campaign(**campaign)
    key, plain = create_key(campaign=made, by=None, name="test", now=NOW)
    return Sender(made, key, plain)
