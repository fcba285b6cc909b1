"""The delivery report: its numbers are those of the rows, each opens a list of as many, and it is right in files too."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from clients.models import Client as Buyer
from distribution.demo import factories as make
from distribution.models import Delivery
from distribution.reports.asked import Asked, Days, read
from distribution.reports.columns import SHOWN
from distribution.reports.delivery import BY, delivery_report
from distribution.reports.lists import deliveries_of, leads_of
from distribution.reports.sums import sums
from distribution.services.report_cells import fold
from leads.models import Lead
from tests.distribution.reports import world

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
ADDRESS = "admin:report_deliveries"
WIDE = {"period": "days", "from": "2026-10-20", "to": "2026-11-09"}


@pytest.fixture
def manager(db: None) -> Client:
    browser = Client()
    browser.force_login(make.ManagerFactory.create())
    return browser


def narrowings(rng: Random) -> list[dict[str, str]]:
    """Filters, alone and in company, of values that there are."""
    one = Delivery.objects.select_related("lead__campaign").order_by("number")[rng.randrange(5)]
    values = {
        "client": one.client_id,
        "account": one.account_id,
        "campaign": one.lead.campaign_id,
        "source": one.lead.campaign.source_id,
        "lead_type": one.lead.lead_type_id,
        "state": one.lead.state or "-",
        "hour": one.created.astimezone(world.ZONE).hour,
    }
    texts = {name: str(value) for name, value in values.items()}
    alone: list[dict[str, str]] = [{name: value} for name, value in texts.items()]
    return [{}, *alone, *(dict(rng.sample(sorted(texts.items()), rng.choice([2, 3]))) for _ in range(4))]


@pytest.mark.parametrize("seed", range(3))
def test_every_number_is_that_of_a_slow_count_over_the_rows(seed: int) -> None:
    """Half of what happened is folded, and half is not; days around a change of clocks, returns and bounces among them."""
    world.fill(seed, leads=20)
    fold(now=NOW)
    rng = Random(seed)
    for lead in Lead.objects.all()[:6]:
        Lead.objects.filter(pk=lead.pk).update(state=rng.choice(["NY", "TX"]))
    facts = world.facts()
    for first, last in (
        (date(2026, 10, 1), date(2026, 11, 20)),
        (date(2026, 11, 1), date(2026, 11, 1)),
        (date(2026, 10, 25), date(2026, 11, 3)),
    ):
        for filters in narrowings(rng):
            for by in BY:
                found = sums(Days(first, last), by, filters, world.ZONE.key)
                told = {key: {name: number for name, number in row._asdict().items() if number} for key, row in found.items()}
                assert told == expected(facts, first, last, by, filters), (by, filters)


def expected(facts: list[Any], first: date, last: date, by: str, filters: dict[str, str]) -> dict[Any, dict[str, int]]:
    """Leads are no account's: a report that speaks of accounts leaves them out."""
    of_accounts = {"client", "account"} & {by, *filters}
    kept = [fact for fact in facts if fact.account] if of_accounts else facts
    return world.slow_count(kept, first, last, by, filters)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("show", SHOWN)
def test_every_number_opens_a_list_of_as_many_rows(seed: int, show: str) -> None:
    world.fill(seed, leads=25)
    followed = 0
    for filters in narrowings(Random(seed)):
        for by in BY:
            asked = Asked(Days(date(2026, 10, 22), date(2026, 11, 6)), "days", by, "none", filters, show=show)
            report = delivery_report(asked, world.ZONE)
            for row in (*report.rows, report.total):
                for figure in row.figures:
                    if figure.number is None:
                        continue
                    of = leads_of(Lead.objects.all(), figure.number, world.ZONE) if figure.number.is_of_leads else None
                    rows = of if of is not None else deliveries_of(Delivery.objects.all(), figure.number, world.ZONE)
                    assert rows.count() == getattr(row.now, figure.column.rows), (by, filters, figure)
                    followed += 1
    assert followed > 100


def test_the_links_of_the_page_open_lists_that_show_as_many(manager: Client) -> None:
    """All links of the page by client are followed, as somebody would who clicks through it."""
    world.fill(5, leads=15)
    page = manager.get(reverse(ADDRESS), WIDE | {"by": "client", "show": "ends"}).content.decode()
    links = re.findall(r'<a href="([^"]*report=[^"]*)">([\d,]+)</a>', page)
    assert len(links) > 10
    for address, number in links:
        shown = manager.get(unescape(address)).context["cl"]
        assert shown.result_count == int(number.replace(",", "")), address


def test_money_of_clients_and_what_is_no_clients_add_up_to_what_was_spent(manager: Client) -> None:
    world.fill(7)
    asked, _ = read(WIDE | {"by": "client"}, today=NOW.date(), by=BY, shows=SHOWN)
    by_client = delivery_report(asked, world.ZONE)
    by_campaign = delivery_report(read(WIDE | {"by": "campaign"}, today=NOW.date(), by=BY, shows=SHOWN)[0], world.ZONE)
    money = [{one.column.name: one.value for one in report.total.figures} for report in (by_client, by_campaign)]
    assert money[0]["revenue"] == money[1]["revenue"]
    assert money[0]["cost"] == money[1]["cost"]
    assert money[0]["margin"] == money[1]["margin"]


def test_a_return_leaves_the_month_of_its_sale_as_it_was() -> None:
    make.CompanyFactory.create(time_zone="America/New_York")
    sold_at, back_at = datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    one = make.DeliveryFactory.create(accepted=True, price=Decimal("40.00"), created=sold_at, finished_at=sold_at)
    october, november = Days(date(2026, 10, 1), date(2026, 10, 31)), Days(date(2026, 11, 1), date(2026, 11, 30))
    assert sums(october, "", {}, "America/New_York")[None].net == Decimal("40.00")
    Delivery.objects.filter(pk=one.pk).update(state="returned")
    make.ReturnFactory.create(delivery=one, price=one.price, state="granted", decided_at=back_at)
    assert sums(october, "", {}, "America/New_York")[None].net == Decimal("40.00")
    assert sums(november, "", {}, "America/New_York")[None].net == Decimal("-40.00")


def test_the_files_say_what_the_page_says_and_run_no_formula(manager: Client) -> None:
    world.fill(3)
    Buyer.objects.filter(pk=Delivery.objects.order_by("number")[0].client_id).update(name='=HYPERLINK("http://evil")')
    asked = WIDE | {"by": "client"}
    page = manager.get(reverse(ADDRESS), asked)
    answer = manager.get(reverse(ADDRESS), asked | {"as": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="deliveries-2026-10-20-2026-11-09.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert '\'=HYPERLINK("http://evil")' in [row[0] for row in rows]
    total = dict(zip(rows[0], rows[-1], strict=True))
    revenue = next(one for one in page.context["report"].total.figures if one.column.name == "revenue")
    assert total["Revenue"] == f"{revenue.value:.2f}"

    book = manager.get(reverse(ADDRESS), asked | {"as": "xlsx"}).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert dict(zip(sheet[3], sheet[-1], strict=False))["Revenue"] == float(revenue.value)
    assert manager.get(reverse(ADDRESS), asked | {"as": "exe"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"by": "weather"}, "no such grouping"),
        ({"period": "ever"}, "no such period"),
        ({"period": "days", "from": "yesterday"}, "Write days as 2026-11-25"),
        ({"period": "days", "from": "1999-01-01", "to": "2026-01-01"}, "at most 731 days"),
        ({"period": "days", "from": "2026-02-01", "to": "2026-01-01"}, "the other way round"),
        ({"client": "everyone"}, "filter by client could not be read"),
        ({"hour": "31"}, "filter by hour could not be read"),
        ({"state": "T'"}, "filter by state could not be read"),
        ({"compare": "nothing else"}, "no such comparison"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_is_shown(manager: Client, given: dict[str, str], said: str) -> None:
    page = manager.get(reverse(ADDRESS), given)
    assert page.status_code == 200
    assert said in " ".join(page.context["problems"])
    assert manager.get(reverse(ADDRESS)).context["problems"] == []


@pytest.mark.parametrize(
    "text",
    ["sold", "sold.20261101", "sold.x.y", "magic.20261101.20261102", "leads.20261101.20261102.client-1", "sold.20261101.20261102.client-x"],
)
def test_a_number_that_is_none_leaves_the_list_as_it_is(manager: Client, text: str) -> None:
    make.DeliveryFactory.create()
    assert manager.get(reverse("admin:distribution_delivery_changelist"), {"report": text}).context["cl"].result_count == 1


def test_the_page_asks_the_database_as_often_for_many_rows_as_for_few(manager: Client) -> None:
    counts = []
    world.fill(1, leads=5)
    for more in (0, 30):
        for _ in range(more):
            make.DeliveryFactory.create(accepted=True, created=world.BEGIN, finished_at=world.BEGIN)
        manager.get(reverse(ADDRESS), WIDE)
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(reverse(ADDRESS), WIDE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("by", BY)
def test_nothing_is_said_where_nothing_happened(manager: Client, by: str) -> None:
    page = manager.get(reverse(ADDRESS), {"by": by}).content.decode()
    assert "Nothing counts on these days" in page
