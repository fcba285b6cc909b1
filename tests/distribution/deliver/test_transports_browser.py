"""Every way of delivery, set up by its form as an administrator does, and a real lead that arrives at a real server by it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from clients.models import AccountMethod, DeliveryAccount, DeliveryMethod
from distribution.demo.factories import AdministratorFactory, ClientFactory, ClientUserFactory, DeliveryAccountFactory
from distribution.models import Delivery, DeliveryCopy
from distribution.services.deliver import drain_deliveries
from distribution.services.files import FileFlights
from distribution.services.market import forget_market
from distribution.services.others import drain_the_others
from distribution.services.ping_flights import drain_pings
from leads.clock import database_now
from leads.models import Lead
from tests.distribution.pages.test_lead_browser import sign_in
from tests.distribution.pages.world import Market
from tests.peers.mailserver import MailServer
from tests.peers.receiver import Receiver, Request, answer, says
from tests.peers.sftpserver import PASSWORD, USER, SftpServer

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]
MAP = [["first", "first_name"], ["tel", "phone", "digits"]]
RULES = [{"when": {"path": "$.status", "equals": "accepted"}, "means": "accepted", "reference": "$.id"}]


@pytest.fixture
def market(transactional_db: None, settings: Any) -> Iterator[Market]:
    settings.PUBLISHES_WAKE_UPS = False
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    forget_market()
    market = Market.open()
    market.now = database_now()
    yield market
    forget_market()


@pytest.fixture
def account(market: Market) -> DeliveryAccount:
    """A demand of Acme's that no method serves yet."""
    return DeliveryAccountFactory.create(
        client=ClientFactory.create(name="Acme"), lead_type=market.campaign.lead_type, name="All", price="42.00"
    )


@pytest.fixture
def staff(page: Page, live_server: Any) -> Page:
    sign_in(page, live_server, AdministratorFactory.create())
    page.set_default_timeout(10_000)
    return page


def set_up(page: Page, live_server: Any, account: DeliveryAccount, kind: str, name: str, **fields: Any) -> None:
    """Fill the form of a new method and save it."""
    page.goto(f"{live_server.url}{reverse('admin:clients_deliverymethod_add')}?client={account.client_id}")
    page.get_by_role("radio", name=kind, exact=True).check(force=True)
    page.locator("#id_name").fill(name)
    for field, value in fields.items():
        place = page.locator(f"#id_{field}")
        if place.evaluate("element => element.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value if isinstance(value, str) else json.dumps(value))
    page.locator("[name=_continue]").first.click()


def saved(page: Page, account: DeliveryAccount, use: str = "first", position: int = 0) -> DeliveryMethod:
    """The method that was just saved, from now on used by the account."""
    expect(page.get_by_text("was added successfully")).to_be_visible()
    method = DeliveryMethod.objects.latest("pk")
    AccountMethod.objects.create(account=account, method=method, use=use, position=position)
    return method


def sell(market: Market, kind: str = "webhook") -> Delivery:
    market.now = database_now()
    market.lead()
    market.route()
    drain_deliveries(kind=kind, seconds=10)
    return Delivery.objects.latest("number")


def test_a_webhook_is_set_up_tried_and_sells(
    page: Page, live_server: Any, market: Market, account: DeliveryAccount, staff: Page, client: Receiver
) -> None:
    secret = {"auth_kind": "bearer", "secret": "heron-kettle"}
    set_up(page, live_server, account, "Webhook", "Hook", url="http://10.0.0.7/leads", field_map=MAP, rules=RULES, **secret)
    expect(page.get_by_text("which is not a public address").first).to_be_visible()  # and nothing is saved
    assert not DeliveryMethod.objects.exists()
    page.locator("#id_url").fill(client.url)
    page.locator("#id_test_url").fill(client.url)
    page.locator("#id_secret").fill("heron-kettle")
    page.locator("[name=_continue]").first.click()
    saved(page, account)

    page.get_by_role("link", name="Send a test").first.click()
    page.get_by_role("button", name="Send").first.click()
    expect(page.get_by_text("Accepted").first).to_be_visible()
    assert client.log[-1].headers["x-test-lead"] == "1"
    sold = sell(market)
    assert (sold.state, sold.client_reference, client.bodies[-1]) == ("accepted", "buyer-77", {"first": "Marguerite", "tel": "13125550142"})
    assert client.log[-1].headers["authorization"] == "Bearer heron-kettle"
    assert "x-test-lead" not in client.log[-1].headers


def bids_or_accepts(request: Request) -> str:
    return "bids" if b"zip" in request.body else "accept"


def test_a_ping_post_is_set_up_asked_without_the_person_and_sold_at_its_bid(
    page: Page, live_server: Any, market: Market, account: DeliveryAccount, staff: Page, client: Receiver
) -> None:
    client.acts["bids"] = says(answer(200, b'{"bid": "51.509"}'))
    client.behaviour = bids_or_accepts
    bids = [{"when": {"path": "$.bid"}, "means": "accepted", "price": "$.bid"}]
    asks = {"ping_url": client.url, "ping_rules": bids, "url": client.url, "field_map": MAP, "rules": RULES}
    set_up(page, live_server, account, "Ping-post", "Asks first", ping_field_map=[["who", "email"]], **asks)
    expect(page.locator(".errorlist, .text-red-600, .error").filter(has_text="email").first).to_be_visible()
    expect(page.get_by_role("heading", name="The ping", exact=True)).to_be_visible()
    page.locator("#id_ping_field_map").fill('[["zip", "zip"], ["id", "ping_id"]]')
    page.locator("[name=_continue]").first.click()
    saved(page, account)

    market.now = database_now()
    market.lead(zip="60601")
    market.route()
    drain_pings(seconds=5)
    market.now = database_now()
    market.route()
    drain_deliveries(kind="webhook", seconds=10)
    sold = Delivery.objects.get()
    ping, post = client.log
    assert (sold.state, str(sold.price)) == ("accepted", "51.50")
    assert (b"Marguerite" in ping.body, b"Marguerite" in post.body) == (False, True)


def test_a_mail_is_set_up_and_arrives_with_its_csv(
    page: Page, live_server: Any, market: Market, account: DeliveryAccount, staff: Page, server: MailServer
) -> None:
    words = {"to_address": "nobody at all", "subject": "New in {{ city }}", "text_body": "{{ first_name }}: {{ phone }}"}
    set_up(page, live_server, account, "E-mail", "Mailbox", **words)
    expect(page.get_by_text("nobody at all").last).to_be_visible()
    assert not DeliveryMethod.objects.exists()
    for group in ("The ping", "Who we are", "What answers mean"):  # of other kinds
        expect(page.get_by_role("heading", name=group, exact=True)).to_be_hidden()
    page.locator("#id_to_address").fill("leads@acme.example")
    page.locator("#id_attaches_csv").check(force=True)
    page.locator("[name=_continue]").first.click()
    saved(page, account)
    sold = sell(market, "email")
    assert (sold.state, server.recipients) == ("accepted", ["rcpt to:<leads@acme.example>"])
    assert b"Marguerite: +13125550142" in server.mails[0]
    assert b"lead.csv" in server.mails[0]


def test_files_are_set_up_and_put_when_the_hour_is_over(
    page: Page, live_server: Any, market: Market, account: DeliveryAccount, staff: Page, settings: Any
) -> None:
    with SftpServer() as sftp:
        settings.OUTBOUND_SFTP_PORTS = [sftp.port]
        (sftp.root / "incoming").mkdir()
        where = {"host": "127.0.0.1", "port": str(sftp.port), "folder": "incoming", "auth_user": USER, "secret": PASSWORD}
        set_up(page, live_server, account, "File by SFTP", "Hourly", host_key="ssh-ed25519 nonsense", field_map=MAP, **where)
        expect(page.get_by_text("Enter the server's public key").first).to_be_visible()
        page.locator("#id_host_key").fill(sftp.host_key)
        page.locator("#id_secret").fill(PASSWORD)
        page.locator("[name=_continue]").first.click()
        saved(page, account)
        waiting = sell(market)
        assert (waiting.state, sftp.files) == ("queued", {})
        FileFlights(clock=lambda: database_now() + timedelta(hours=1)).run(seconds=10)
        waiting.refresh_from_db()
        ((name, content),) = sftp.files.items()
        assert (waiting.state, name.startswith("incoming/leads-")) == ("accepted", True)
        assert content.splitlines() == ["first,tel", "Marguerite,13125550142"]


def test_in_its_own_view_the_client_sees_its_lead_and_no_other(
    page: Page, live_server: Any, market: Market, account: DeliveryAccount, staff: Page, browser: Any
) -> None:
    set_up(page, live_server, account, "Portal", "View")
    saved(page, account)
    market.now = database_now()
    market.lead()
    market.route()
    drain_the_others(seconds=5)
    assert Delivery.objects.get().state == "accepted"
    for client, is_seen in ((account.client, True), (ClientFactory.create(name="Other"), False)):
        with browser.new_context() as context:
            own = context.new_page()
            sign_in(own, live_server, ClientUserFactory.create(client=client).user)
            own.goto(live_server.url)
            expect(own.get_by_text("Marguerite Oyelaran")).to_have_count(int(is_seen))


def add_use(page: Page, number: int, method: str, use: str) -> None:
    """Add a line to the account's methods, the method found by typing its name."""
    page.get_by_role("link", name="Add another delivery method").click()
    page.locator(f"[name=uses-{number}-position]").fill(str(number))
    page.locator(f"[name=uses-{number}-method] ~ .select2-container .select2-selection").click()
    page.locator(".select2-search__field").last.fill(method)
    page.locator(".select2-results__option", has_text=method).first.click()
    page.locator(f"[name=uses-{number}-use]").select_option(use)


@pytest.mark.parametrize("first_works", [True, False])
def test_several_methods_one_steps_in_and_one_always_gets_a_copy(
    page: Page,
    live_server: Any,
    market: Market,
    account: DeliveryAccount,
    staff: Page,
    client: Receiver,
    server: MailServer,
    first_works: bool,  # noqa: FBT001
) -> None:
    client.behaviour = lambda request: "accept" if first_works or b"second" in request.body else "unauthorised"
    for name in ("first", "second"):
        DeliveryMethod.objects.create(client=account.client, name=name, url=client.url, field_map=[["by", "", f"fixed:{name}"]])
    DeliveryMethod.objects.create(client=account.client, name="mailbox", kind="email", to_address="leads@acme.example")
    page.goto(live_server.url + reverse("admin:clients_deliveryaccount_change", args=[account.pk]))
    for number, (name, use) in enumerate((("first", "first"), ("second", "on_failure"), ("mailbox", "always"))):
        add_use(page, number, name, use)
    page.locator("[name=_continue]").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()

    sold = sell(market)
    assert (sold.state, sold.method and sold.method.name) == ("accepted", "first" if first_works else "second")
    assert len(client.log) == (1 if first_works else 2)
    drain_the_others(seconds=5)
    assert (DeliveryCopy.objects.get().state, server.recipients, Lead.objects.get().outcome) == (
        "accepted",
        ["rcpt to:<leads@acme.example>"],
        "sold",
    )
