"""The settings page of a large installation: how soon it is answered, and how soon it stands in a browser, ready to be worked with."""

import gzip
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlsplit

from django.test import Client as Visitor
from django.urls import reverse

from clients.models import Client, DeliveryAccount
from distribution.demo.factories import AdministratorFactory, ClientFactory, CompanyFactory, DeliveryAccountFactory, LeadTypeFactory
from distribution.domain.automation import Automation
from distribution.domain.settings import Group, Settings, Values
from distribution.services.versions import save_version
from leads.clock import database_now
from leads.models import Company
from tests.bench.figures import Figure
from tests.bench.web import serving
from tests.chromium import ARGUMENTS, find_chromium

CLIENTS = 1_000
ACCOUNTS = 2_000
SECONDS = 1
TIMES = 5


def measure(*, quick: bool) -> Iterator[Figure]:
    fill()
    visitor = Visitor()
    visitor.force_login(AdministratorFactory.create())
    cookie, path = visitor.cookies["sessionid"].value, reverse("admin:distribution_settings")
    what = f"settings, {CLIENTS:,} clients, {ACCOUNTS:,} accounts"
    with serving() as address:
        yield Figure(f"{what}: answered", answered(address, path, cookie), SECONDS, "s", at_most=1)
        if path_of_chromium := find_chromium():
            yield Figure(f"{what}: in Chromium", opened(address + path, cookie, path_of_chromium), SECONDS, "s", at_most=1)


def fill() -> None:
    """Clients with weights, and two accounts each, of which a hundred stand in a group."""
    if not Company.objects.exists():
        CompanyFactory.create()
    lead_type = LeadTypeFactory.create()
    clients = Client.objects.bulk_create(ClientFactory.build(name=f"Large client {n}") for n in range(CLIENTS))
    accounts = [
        DeliveryAccountFactory.build(client=clients[n % CLIENTS], lead_type=lead_type, price=Decimal(10 + n % 40)) for n in range(ACCOUNTS)
    ]
    DeliveryAccount.objects.bulk_create(accounts)
    settings = Settings(
        automation=Automation.WEIGHTED,
        secondary=Automation.PRICE,
        values={client.pk: Values(priority=n % 9, weight=Decimal(1 + n % 50)) for n, client in enumerate(clients)},
        groups=(Group("first", "First in line", Automation.PRICE, client_ids=tuple(client.pk for client in clients[:100])),),
    )
    save_version(settings=settings, by=None, now=database_now())


def answered(address: str, path: str, cookie: str) -> float:
    """Seconds until the whole answer is there: the middle one of some."""
    line = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def once() -> None:
        line.request("GET", path, headers={"Cookie": f"sessionid={cookie}", "Accept-Encoding": "gzip"})
        answer = line.getresponse()
        content = answer.read()
        if answer.status != 200 or f"Large client {CLIENTS - 1}" not in gzip.decompress(content).decode():
            raise RuntimeError(f"the page does not show all clients: {answer.status}")

    return middle(once)


def opened(address: str, cookie: str, chromium: str) -> float:
    """Seconds until the page stands in a browser and its scripts have run: the middle one of some."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
        page = context.new_page()
        found = middle(lambda: page.goto(address, wait_until="load"))
        browser.close()
    return found


def middle(work: Callable[[], object]) -> float:
    """The median time of some calls, after those that warm both processes up."""
    for _ in range(4):
        work()
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)
