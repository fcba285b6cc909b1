"""A small market, an administrator and a manager, and the settings page as they post it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, DeliveryAccount
from distribution.demo.factories import AdministratorFactory, ClientFactory, DeliveryAccountFactory, LeadTypeFactory, ManagerFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Group, Settings, Values
from distribution.models import SettingsVersion
from distribution.services.versions import live_version, save_version, settings_of
from leads.clock import database_now
from pullqueue.models import User

ADDRESS = "admin:distribution_settings"


@pytest.fixture
def administrator(db: Any) -> User:
    return AdministratorFactory.create(first_name="Rosalind", last_name="Tennyford")


@pytest.fixture
def staff(administrator: User) -> Browser:
    browser = Browser()
    browser.force_login(administrator)
    return browser


@pytest.fixture
def onlooker(db: Any) -> Browser:
    """A manager of the company."""
    browser = Browser()
    browser.force_login(ManagerFactory.create(first_name="Ibrahim", last_name="Castellane"))
    return browser


@pytest.fixture
def accounts(db: Any) -> dict[str, DeliveryAccount]:
    """One account each of four clients, with a method to deliver by."""
    lead_type = LeadTypeFactory.create()
    return {
        name: DeliveryAccountFactory.create(
            client=ClientFactory.create(name=name), lead_type=lead_type, name="Auto", price=price, method=True
        )
        for name, price in (("Acme", Decimal(10)), ("Bluewater", Decimal(20)), ("Copperleaf", Decimal(30)), ("Ironwood", Decimal(40)))
    }


@pytest.fixture
def clients(accounts: dict[str, DeliveryAccount]) -> dict[str, Client]:
    return {name: account.client for name, account in accounts.items()}


@pytest.fixture
def weighted(clients: dict[str, Client], administrator: User) -> Settings:
    """Live: weights 300, 500 and 200, and none for Ironwood; a group of Copperleaf."""
    weights = {"Acme": 300, "Bluewater": 500, "Copperleaf": 200}
    settings = Settings(
        automation=Automation.WEIGHTED,
        secondary=Automation.PRICE,
        values={clients[name].pk: Values(weight=Decimal(weight)) for name, weight in weights.items()},
        groups=(Group("founders", "Founding partners", Automation.PRICE, client_ids=(clients["Copperleaf"].pk,)),),
    )
    save_version(settings=settings, by=administrator, now=database_now(), note="Weights")
    return settings


@pytest.fixture
def form() -> Callable[..., dict[str, Any]]:
    """What the page would post of the live settings, with changes on top; None takes a field away."""

    def made(**changes: Any) -> dict[str, Any]:
        version = live_version()
        settings = settings_of(version)
        fields: dict[str, Any] = {"version": version.number, "do": "save", "groups": "1", **_options(settings)}
        for client, given in settings.values.items():
            fields |= {f"{kind}-{client}": _text(getattr(given, kind)) for kind in ("priority", "weight", "percentage")}
        fields["group"] = [group.key for group in settings.groups]
        for group in settings.groups:
            fields |= _group(group)
        fields |= {name.replace("__", "-"): value for name, value in changes.items()}
        return {name: value for name, value in fields.items() if value is not None}

    return made


def _options(settings: Settings) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "automation": settings.automation.value,
        "secondary": settings.secondary.value if settings.secondary else "",
        "base_automation": settings.base_automation.value,
        "percentage_timeframe": settings.percentage_timeframe.value,
        "percentage_catch_up": _text(settings.percentage_catch_up),
        "round_robin_on_change": settings.round_robin_on_change.value,
        "breaker_failures": str(settings.breaker_failures),
        "bounce_hours": str(settings.bounce_hours),
        "ping_budget_seconds": str(settings.ping_budget_seconds),
    }
    switches = ("price_optimization", "percentage_hard_limit", "parallel_processing", "client_locking", "email_tracking")
    return fields | {name: "on" for name in switches if getattr(settings, name)}


def _group(group: Group) -> dict[str, Any]:
    before = f"group-{group.key}-"
    members = [*(f"client:{pk}" for pk in group.client_ids), *(f"account:{pk}" for pk in group.account_ids)]
    return {
        f"{before}name": group.name,
        f"{before}automation": group.automation.value,
        f"{before}secondary": group.secondary.value if group.secondary else "",
        f"{before}base_automation": group.base_automation.value,
        f"{before}members": members,
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@pytest.fixture
def save(staff: Browser) -> Callable[..., Any]:
    return lambda fields: staff.post(reverse(ADDRESS), fields)


def newest() -> SettingsVersion:
    return SettingsVersion.objects.select_related("by").order_by("-number")[0]


def said_in(answer: Any) -> list[tuple[str, str]]:
    """The summary of problems: label and message of each."""
    return [(line.label, line.message) for line in answer.context["problem_lines"]]
