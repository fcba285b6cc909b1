"""What a delivery account still needs before it can be sold a lead."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from clients.enums import AccountStatus, ClientStatus
from clients.models import DeliveryAccount
from distribution.domain.automation import Automation
from distribution.domain.settings import NO_VALUES, Settings
from distribution.services.versions import live_version, settings_of


@dataclass(frozen=True, slots=True)
class Step:
    """`is_needed` steps keep leads away while they are not done; the others are advice."""

    done: bool
    title: str
    note: str = ""
    is_needed: bool = True
    link: str = ""
    """Where it is done."""


def checklist(account: DeliveryAccount) -> list[Step]:
    """Return the steps in the order of thinking; a fixed number of queries."""
    settings = settings_of(live_version())
    methods = [use.method for use in account.uses.select_related("method")]
    enabled = [method for method in methods if method.is_enabled and not method.is_archived]
    client_page = reverse("admin:clients_client_change", args=[account.client_id])
    tested = reverse("admin:clients_deliverymethod_change", args=[enabled[0].pk]) if enabled else "#uses-group"
    return [
        Step(account.client.status == ClientStatus.ACTIVE and not account.client.is_archived, "Client is active", link=client_page),
        Step(account.status == AccountStatus.OPEN and account.is_automated, "Account is open, automated", link="#id_status"),
        Step(bool(enabled), "Delivery method is enabled", ", ".join(str(method) for method in enabled), link="#uses-group"),
        Step(any(method.tested_at for method in enabled), "Delivery method is tested", is_needed=False, link=tested),
        Step(
            account.schedule is not None,
            "Schedule is set",
            "" if account.schedule else "Without one it is always open",
            is_needed=False,
            link="#id_schedule",
        ),
        Step(
            account.criteria is not None,
            "Criteria are set",
            "" if account.criteria else "Without any it takes every lead of its type",
            is_needed=False,
            link="#id_criteria",
        ),
        replace(_value(account, settings), link=client_page),
    ]


def _value(account: DeliveryAccount, settings: Settings) -> Step:
    given: Any = settings.values.get(account.client_id, NO_VALUES)
    automation = settings.automation
    if automation is Automation.WEIGHTED:
        return Step(bool(given.weight), "Weight for the automation in force", f"{given.weight or 'none'}, weighted")
    if automation is Automation.PERCENTAGE:
        return Step(bool(given.percentage), "Percentage for the automation in force", f"{given.percentage or 'none'}, percentage")
    if automation is Automation.PRIORITY:
        note = f"priority {given.priority}" if given.priority is not None else "Without a number it comes after those that have one"
        return Step(given.priority is not None, "Priority for the automation in force", note, is_needed=False)
    if automation is Automation.GEOLOCATION:
        client = account.client
        return Step(bool(client.zip or client.latitude), "Place for the automation in force", "ZIP or coordinates of the client")
    return Step(done=True, title="No value needed by the automation in force", note=automation.value.replace("_", " "))
