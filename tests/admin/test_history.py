"""Who changed what of a client, an account, a method and a campaign, and going back to how it was."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from clients.models import DeliveryAccount
from distribution.demo import factories as make
from distribution.models import CampaignSale
from leads.clock import database_now

HOURS = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def rewrite(history: Any, **changes: Any) -> None:
    """Change what the database lets nobody change, but where a person is erased."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('switchyard.erasing', 'on', true)")
        history.update(**changes)
        cursor.execute("SELECT set_config('switchyard.erasing', 'off', true)")


def posted(browser: Browser, row: Any, **values: Any) -> dict[str, Any]:
    """The row's form as the page would post it, with other values on top."""
    page = browser.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])).context
    forms = [page["adminform"].form, *(inline.formset.management_form for inline in page["inline_admin_formsets"])]
    found = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in found.items() if value is not None and value is not False} | values


def changed(row: Any, **values: Any) -> Any:
    """Save the row once more, with other values."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def entries(browser: Browser, row: Any) -> list[tuple[str, str, list[str]]]:
    """Who, why or the headline, and what, of each entry of the page, newest first."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])
    told = browser.get(address).context["entries"]
    return [(entry.who, entry.reason or entry.headline, [change.sentence for change in entry.changes]) for entry, _ in told]


def entry_of(row: Any, number: int, key: str = "") -> str:
    """The address of the entry that was written as `number`, from 0."""
    model = row.sale if key else row
    kept = model.history.order_by("history_id")[number]
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_simple_history"
    return reverse(name, args=[row.pk, f"{key}-{kept.pk}" if key else kept.pk])


def revert(browser: Browser, address: str) -> Any:
    return browser.post(address, {"based_on": browser.get(address).context["based_on"]}, follow=True)


@pytest.fixture
def account(db: None) -> DeliveryAccount:
    """An account whose price, criteria, caps, hours and closed dates were changed once."""
    made = make.DeliveryAccountFactory.create(
        name="Auto",
        price=10,
        cap_day=20,
        criteria={"all": [["state", "in", ["IL", "WI"]]]},
        schedule=HOURS,
        closed_dates=[date(2026, 12, 25)],
    )
    return changed(
        made, price=12, cap_day=None, criteria={"any": [["state", "eq", "IL"], ["cost", "lt", 5]]}, schedule=None, closed_dates=[]
    )


def test_an_entry_says_who_and_what_in_words(site: Browser, account: DeliveryAccount, administrator: Any) -> None:
    rewrite(account.history.filter(history_type="~"), history_user=administrator)

    assert entries(site, account) == [
        (
            "Ada Admin",
            "Saved without a change",
            [
                "Leads a day: 20 to none",
                "Price: $10.00 to $12.00",
                "Criteria changed",
                "Schedule: Mon–Fri 09:00-17:00 to always open",
                "Closed dates: 25 Dec 2026 to none",
            ],
        ),
        ("The system", "Created", []),
    ]
    then = site.get(entry_of(account, 1)).context["entry"].changes[2]
    assert [line.text for line in then.before_lines] == ["State: IL, WI"]
    assert [line.text for line in then.after_lines] == ["At least one of these:", "  State: IL", "  Cost: less than 5"]


def test_what_the_samples_brought_is_named_samples_and_leads_to_nobody(site: Browser, account: DeliveryAccount) -> None:
    rewrite(account.history, history_change_reason="Samples")

    assert [who for who, _, _ in entries(site, account)] == ["Samples", "Samples"]
    page = site.get(reverse("admin:clients_deliveryaccount_history", args=[account.pk])).content.decode()
    assert "None" not in page
    assert "/user/" not in page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_reverting_shows_first_what_would_change_and_then_writes_a_new_entry(site: Browser, account: DeliveryAccount) -> None:
    address = entry_of(account, 0)
    before = site.get(address)
    assert [change.sentence for change in before.context["plan"]][:2] == ["Leads a day: none to 20", "Price: $12.00 to $10.00"]
    assert DeliveryAccount.objects.get(pk=account.pk).price == 12

    revert(site, address)
    account.refresh_from_db()
    assert (account.price, account.cap_day, account.criteria, account.schedule) == (10, 20, {"all": [["state", "in", ["IL", "WI"]]]}, HOURS)
    assert account.closed_dates == [date(2026, 12, 25)]
    kept = [(row.history_type, row.price) for row in account.history.order_by("history_id")]
    assert kept == [("+", 10), ("~", 12), ("~", 10)]
    newest = site.get(reverse("admin:clients_deliveryaccount_history", args=[account.pk])).context["entries"][0][0]
    assert (newest.who, newest.reverted_to, newest.reason) == ("Ada Admin", account.history.last().history_date, "")


def test_what_changed_meanwhile_is_not_written_over(site: Browser, account: DeliveryAccount) -> None:
    address = entry_of(account, 0)
    seen = site.get(address).context["based_on"]
    changed(account, price=14)

    answer = site.post(address, {"based_on": seen}, follow=True)
    assert "It was changed meanwhile" in answer.content.decode()
    assert DeliveryAccount.objects.get(pk=account.pk).price == 14


def test_what_cannot_be_today_says_why_and_changes_nothing(site: Browser, account: DeliveryAccount) -> None:
    changed(account, criteria=["vehicles", "gte", 2])  # a field that its lead type has no more
    changed(account, criteria=None)

    answer = revert(site, entry_of(account, 2))
    assert answer.status_code == 422
    assert answer.context["problems"] == [("Criteria", "field: No such field in this lead type.")]
    assert DeliveryAccount.objects.get(pk=account.pk).criteria is None


def test_a_client_goes_back_without_touching_what_it_is_given(site: Browser) -> None:
    client = make.ClientFactory.create(name="Bluewater", cap_month=500)
    site.post(reverse("admin:clients_client_change", args=[client.pk]), posted(site, client, name="Greywater", cap_month="", weight="30"))
    assert client.history.first().name == "Greywater"

    revert(site, entry_of(client, 0))
    client.refresh_from_db()
    assert (client.name, client.cap_month, client.history.count()) == ("Bluewater", 500, 3)
    form = site.get(reverse("admin:clients_client_change", args=[client.pk])).context["adminform"].form
    assert form.initial["weight"] == 30


def test_no_secret_is_in_a_method_s_history_and_going_back_keeps_today_s(site: Browser) -> None:
    method = make.DeliveryMethodFactory.create(
        url="https://one.example/leads?key=hush-hush", headers={"X-Api-Key": "whisper"}, secret="old-secret", auth_kind="bearer"
    )
    fields = posted(site, method, url="https://two.example/leads", headers='{"X-Api-Key": "murmur"}', secret="new-secret")
    site.post(reverse("admin:clients_deliverymethod_change", args=[method.pk]), fields)

    assert entries(site, method)[0] == (
        "Ada Admin",
        "The secret was changed",
        ["Production address: https://one.example/leads?key=••• to https://two.example/leads", "Headers: changed, not shown"],
    )
    pages = [site.get(reverse("admin:clients_deliverymethod_history", args=[method.pk])), *(site.get(entry_of(method, n)) for n in (0, 1))]
    for page in pages:
        text = page.content.decode()
        assert [hidden for hidden in ("hush", "whisper", "murmur", "old-secret", "new-secret") if hidden in text] == []

    revert(site, entry_of(method, 0))
    method.refresh_from_db()
    assert (method.url, method.headers, method.secret) == (
        "https://one.example/leads?key=hush-hush",
        {"X-Api-Key": "whisper"},
        "new-secret",
    )


def test_a_campaign_goes_back_in_what_it_is_and_in_how_it_sells(site: Browser) -> None:
    campaign = make.CampaignFactory.create(name="Radio", cost=4)
    sale = make.CampaignSaleFactory.create(campaign=campaign, max_deliveries=3, automation="price")
    changed(campaign, cost=5)
    changed(sale, max_deliveries=1, automation="")

    assert [what for _, _, what in entries(site, campaign)] == [
        ["Max deliveries: 3 to 1", "Automation: Price to as the settings say"],
        ["Cost: $4.00 to $5.00"],
        [],
        [],
    ]
    revert(site, entry_of(campaign, 0, "sale"))
    found = CampaignSale.objects.get(campaign=campaign)
    campaign.refresh_from_db()
    assert (found.max_deliveries, found.automation, campaign.cost) == (3, "price", 5)


def test_a_manager_reads_the_history_and_changes_nothing(
    signed_in: Callable[[Any], Browser], site: Browser, account: DeliveryAccount
) -> None:
    manager = signed_in(make.ManagerFactory.create())
    address = entry_of(account, 0)

    page = manager.get(address)
    assert (page.status_code, "Revert to this" in page.content.decode()) == (200, False)
    assert manager.post(address, {"based_on": site.get(address).context["based_on"]}).status_code == 403
    assert signed_in(make.BranchManagerFactory.create()).get(address).status_code == 404
    assert DeliveryAccount.objects.get(pk=account.pk).price == 12


def test_an_entry_of_another_row_or_none_is_not_found(site: Browser, account: DeliveryAccount) -> None:
    other = make.DeliveryAccountFactory.create()
    for version in (other.history.first().pk, "sale-1", "x", "9" * 30, "-1"):
        assert site.get(reverse("admin:clients_deliveryaccount_simple_history", args=[account.pk, version])).status_code == 404


def test_a_long_history_has_pages_and_few_queries(
    site: Browser, account: DeliveryAccount, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for price in range(13, 73):
        changed(account, price=price)
    rewrite(account.history, history_date=database_now() - timedelta(days=1))
    address = reverse("admin:clients_deliveryaccount_history", args=[account.pk])
    site.get(address)

    with django_assert_num_queries(13):
        newest = site.get(address).context["entries"]
    oldest = site.get(address, {"page": 2}).context["entries"]
    assert (len(newest), len(oldest)) == (50, 12)
    assert newest[-1][0].changes[0].sentence == "Price: $22.00 to $23.00"
