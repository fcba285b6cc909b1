"""From an empty installation to the first sold lead, step by step."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.urls import reverse

from clients.models import Client, DeliveryAccount, DeliveryMethod
from distribution.enums import DeliveryState
from distribution.models import Delivery
from leads.models import Campaign, CampaignKey, Company, Lead, LeadType, Source


@dataclass(frozen=True, slots=True)
class FirstStep:
    done: bool
    title: str
    link: str


def first_steps() -> list[FirstStep]:
    """Return the steps of a new installation; none once a lead was sold. One query then, twelve before."""
    if Delivery.objects.filter(state=DeliveryState.ACCEPTED).exists():
        return []
    company = Company.current()
    return [
        FirstStep(company.name != "My company", "Name the company, its zone and currency", reverse("admin:leads_company_changelist")),
        _step(LeadType, "Make a lead type with its fields"),
        _step(Source, "Add a source"),
        _step(Campaign, "Make a campaign of that source"),
        FirstStep(CampaignKey.objects.exists(), "Give the campaign a key to post with", reverse("admin:leads_campaign_changelist")),
        _step(Client, "Add a client"),
        _step(DeliveryMethod, "Say how its leads travel"),
        FirstStep(
            DeliveryMethod.objects.exclude(tested_at=None).exists(),
            "Send a test by that method",
            reverse("admin:clients_deliverymethod_changelist"),
        ),
        _step(DeliveryAccount, "Make a delivery account with a price"),
        FirstStep(Lead.objects.exists(), "Take a first lead, by hand or by the key", reverse("admin:leads_lead_add")),
        FirstStep(get_user_model().objects.count() > 1, "Invite people", reverse("admin:pullqueue_user_changelist")),
    ]


def _step(model: type, title: str) -> FirstStep:
    options = model._meta  # type: ignore[attr-defined]
    is_there = model.objects.exists()  # type: ignore[attr-defined]
    return FirstStep(is_there, title, reverse(f"admin:{options.app_label}_{options.model_name}_{'changelist' if is_there else 'add'}"))
