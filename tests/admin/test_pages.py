"""The shell in a real browser: signing in, the menu by role, keys, dialogs, and no sideways scroll at any width or theme."""

from typing import Any

import pytest
from django.urls import reverse

from distribution.demo import factories as make
from distribution.enums import DeliveryState

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]

PASSWORD = "right-horse-battery"


@pytest.fixture
def people() -> dict[str, Any]:
    named = {"username": "ada", "password": PASSWORD, "first_name": "Ada", "last_name": "Admin"}
    client = make.ClientFactory.create(name="Bluewater Family Insurance")
    return {
        "administrator": make.AdministratorFactory.create(**named),
        "manager": make.ManagerFactory.create(username="max", password=PASSWORD),
        "branch_manager": make.BranchManagerFactory.create(username="bea", password=PASSWORD),
        "rep": make.RepFactory.create(username="rob", password=PASSWORD),
        "client": make.ClientUserFactory.create(user__username="cleo", user__password=PASSWORD, client=client).user,
    }


def sign_in(page: Any, live_server: Any, person: Any) -> None:
    page.goto(f"{live_server.url}{reverse('sign_in')}")
    page.get_by_label("User name").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


LANDINGS = {
    "administrator": ("/admin/", ["Home", "Leads", "Clients", "Distribution", "Sales floor", "Reports", "Settings"]),
    "manager": ("/admin/", ["Home", "Leads", "Clients", "Distribution", "Sales floor", "Reports", "Settings"]),
    "branch_manager": ("/admin/", ["Home", "Leads", "Sales floor", "Reports", "Settings"]),
    "rep": ("/desk/", []),
    "client": ("/client/", []),
}


@pytest.mark.parametrize("role", LANDINGS)
def test_everyone_signs_in_at_one_door_and_lands_where_their_work_is(page: Any, live_server: Any, people: Any, role: str) -> None:
    place, sections = LANDINGS[role]
    sign_in(page, live_server, people[role])
    assert page.url.removeprefix(live_server.url) == place
    shown = page.locator("nav[aria-label=Main] a.top").all()
    assert [entry.inner_text().split("\n")[0].strip() for entry in shown] == sections


def test_a_wrong_password_is_told_beside_the_form(page: Any, live_server: Any, people: Any) -> None:
    page.goto(f"{live_server.url}{reverse('sign_in')}")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert "do not belong together" in page.get_by_role("alert").inner_text()


def crowded() -> list[str]:
    """Fill the lists, with names as long as they may be, and return the addresses of the pages."""
    long = "Larkspur & Dunmore Mutual Benefit Association of the Upper Midwest and the Northland"
    client = make.ClientFactory.create(name=long, budget_day="123456789012.00")
    lead = make.LeadFactory.create(sold=True, last_name="Oyelaran-Whitcombe-" * 8)
    account = make.DeliveryAccountFactory.create(client=client, lead_type=lead.lead_type, name=long, price="123456789012.00", method=True)
    delivery = make.DeliveryFactory.create(
        lead=lead, account=account, state=DeliveryState.ACCEPTED, due_at=None, finished_at=lead.received_at
    )
    key = make.CampaignKeyFactory.create(campaign=lead.campaign)
    lists = "lead_type source campaign suppression".replace("_", "").split()
    addresses = [reverse(f"admin:leads_{name}_changelist") for name in lists]
    addresses += [reverse(f"admin:clients_{name}_changelist") for name in ("client", "deliveryaccount", "deliverymethod", "clientgroup")]
    addresses += [
        reverse(f"admin:{name}_changelist") for name in ("leads_lead", "distribution_delivery", "pullqueue_user", "pullqueue_branch")
    ]
    addresses += [
        reverse("admin:index"),
        reverse("admin:clients_client_change", args=[client.pk]),
        reverse("admin:clients_deliveryaccount_change", args=[account.pk]),
        reverse("admin:clients_deliverymethod_change", args=[delivery.method_id]),
        reverse("admin:clients_deliverymethod_trial", args=[delivery.method_id]),
        reverse("admin:leads_campaign_change", args=[lead.campaign_id]),
        reverse("admin:leads_campaign_new_key", args=[lead.campaign_id]),
        reverse("admin:leads_campaign_revoke_key", args=[lead.campaign_id, key.pk]),
        f"{reverse('admin:leads_lead_add')}?campaign={lead.campaign_id}",
        "/admin/nothing/",
    ]
    return addresses


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 375])
def test_no_page_scrolls_sideways_and_none_complains(page: Any, live_server: Any, people: Any, width: int, theme: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith((live_server.url, "data:")) else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    sign_in(page, live_server, people["administrator"])
    wide = []
    for address in crowded():
        page.goto(f"{live_server.url}{address}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    assert (wide, complaints) == ([], [])


def test_keys_lead_where_they_say_and_do_nothing_in_a_field(page: Any, live_server: Any, people: Any) -> None:
    sign_in(page, live_server, people["administrator"])
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.type("gl")
    page.wait_for_url("**/admin/leads/lead/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "searchbar"
    page.keyboard.type("gc")
    assert page.input_value("#searchbar") == "gc"
    assert page.url.endswith("/admin/leads/lead/")


def test_archiving_asks_first_and_says_what_happened(page: Any, live_server: Any, people: Any) -> None:
    client = make.ClientFactory.create(name="Tern Harbor Direct")
    sign_in(page, live_server, people["administrator"])
    page.goto(f"{live_server.url}{reverse('admin:clients_client_change', args=[client.pk])}")
    page.get_by_role("link", name="Archive").click()
    page.get_by_text("It leaves the lists and takes part in nothing more.").wait_for()
    page.get_by_role("button", name="Archive").click()
    page.get_by_text("Tern Harbor Direct is archived.").wait_for()
    client.refresh_from_db()
    assert client.is_archived


def test_the_fields_of_a_method_follow_its_kind(page: Any, live_server: Any, people: Any) -> None:
    method = make.DeliveryMethodFactory.create()
    sign_in(page, live_server, people["administrator"])
    page.goto(f"{live_server.url}{reverse('admin:clients_deliverymethod_change', args=[method.pk])}")
    assert page.locator("#id_url").is_visible()
    assert not page.locator("#id_to_address").is_visible()
    page.get_by_text("E-mail", exact=True).first.click()
    page.locator("#id_to_address").wait_for(state="visible")
    assert not page.locator("#id_url").is_visible()


def test_a_theme_chosen_on_one_page_holds_on_all(page: Any, live_server: Any, people: Any) -> None:
    page.goto(f"{live_server.url}{reverse('sign_in')}")
    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate("document.documentElement.className") == "dark"
    sign_in(page, live_server, people["administrator"])
    page.wait_for_function("document.documentElement.classList.contains('dark')")
