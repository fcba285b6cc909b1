"""People found among many: by what is said, and by reading a number of rows that does not grow with the table."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.demo import factories as make
from leads.models import Lead
from leads.search import search
from tests.leads.intake_world import make_campaign

pytestmark = pytest.mark.django_db


def found(term: str, **more: Any) -> set[str]:
    return {lead.name for lead in search(Lead.objects.all(), term, **more)}


@pytest.fixture
def people() -> None:
    make.LeadFactory.create(first_name="Ada", last_name="Lovelace", phone="+13125550143", phone2="+17735550199", email="Ada@mail.example")
    make.LeadFactory.create(first_name="Mary Ann", last_name="van Dyke", phone="+13125550144", email="ann@mail.example", external_id="X 9")
    make.LeadFactory.create(first_name="50%_off", last_name="Sale", phone="+12125550145", email="")


@pytest.mark.parametrize("of_few", [True, False])
@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("lovelace", {"Ada Lovelace"}),
        ("love ad", {"Ada Lovelace"}),
        ("ADA lovel", {"Ada Lovelace"}),
        ("ada@mail.example", {"Ada Lovelace"}),
        ("ADA@m", {"Ada Lovelace"}),
        ("(773) 555-0199", {"Ada Lovelace"}),
        ("312 555 01", {"Ada Lovelace", "Mary Ann van Dyke"}),
        ("212-555", {"50%_off Sale"}),
        ("nobody", set()),
        ("%", set()),
        ("love%", set()),
        ("", {"Ada Lovelace", "Mary Ann van Dyke", "50%_off Sale"}),
        ("\\", set()),
    ],
)
def test_leads_are_found_by_what_people_say(people: None, *, term: str, names: set[str], of_few: bool) -> None:
    assert found(term, of_few=of_few) == names


def test_names_of_several_words_the_sources_id_and_signs_that_like_would_read(people: None) -> None:
    assert found("mary ann van dyke") == set()  # three words of a first and a last name that both have two are not told apart
    assert found("mary ann") == {"Mary Ann van Dyke"}
    assert found("van dyke mary") == set()
    assert found("van dyke") == {"Mary Ann van Dyke"}
    assert found("X 9") == {"Mary Ann van Dyke"}
    assert found("50%_off") == {"50%_off Sale"}


def fill(count: int) -> None:
    """Leads of a few hundred names, the newest last, written by the database itself."""
    campaign = make_campaign(name=f"Bulk {count}")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO leads_lead (id, campaign_id, lead_type_id, received_at, status, outcome, errors, is_test, cost, first_name,
                last_name, email, phone, phone2, address, city, state, zip, country, ip, user_agent, landing_url, consent_text,
                consent_url, external_id, custom, unmapped, zones, states,
                attempts, pull_count, last_disposition, routes_left, claim, tries, stuck_reason)
            SELECT gen_random_uuid(), %s, %s, %s + n * interval '1 second', 'accepted', 'finished', '[]', false, 0, 'First' || n %% 97,
                'Last' || n %% 389, 'p' || n || '@mail.example', '+1312' || lpad(n::text, 7, '0'), '', '', '', 'IL', '60601', 'US', '',
                '', '', '', '', 'id-' || n, '{}', '{}', '{}', '{}', 0, 0, '', '{}', 0, 0, ''
            FROM generate_series(1, %s) n
            """,
            [campaign.pk, campaign.lead_type_id, datetime(2026, 1, 1, tzinfo=UTC), count],
        )
        cursor.execute("ANALYZE leads_lead")


def rows_read(rows: Any) -> int:
    """Run a query as the list does and return how many rows its plan touched, those filtered out too."""
    try:
        return explained(*rows.query.sql_with_params())
    except EmptyResultSet:  # nobody was found, so nothing is asked
        return 0


def explained(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
        return sum(_touched(plan["Plan"]) for plan in cursor.fetchone()[0])


def _touched(node: dict[str, Any]) -> int:
    here = node["Actual Loops"] * (
        node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    )
    return int(here) + sum(map(_touched, node.get("Plans", [])))


def read_by_search(term: str) -> int:
    """Of the look into the indexes, and of the page that is then shown."""
    with CaptureQueriesContext(connection) as queries:
        shown = search(Lead.objects.filter(is_test=False), term).order_by("-received_at", "-id")[:51]
    return sum(explained(query["sql"]) for query in list(queries)) + rows_read(shown)


TERMS = ("last7", "first3 last7", "p77@mail.example", "p7", "+13120000777", "312 000", "id-7", "nobody at all")


def test_a_search_and_a_page_read_no_more_rows_of_a_table_five_times_as_large() -> None:
    fill(30_000)
    small = {term: read_by_search(term) for term in TERMS} | {"": rows_read(Lead.objects.order_by("-received_at", "-id")[:51])}
    fill(120_000)
    large = {term: read_by_search(term) for term in TERMS} | {"": rows_read(Lead.objects.order_by("-received_at", "-id")[:51])}
    grown = {term: (small[term], large[term]) for term in small if large[term] > small[term] * 1.25 + 500}
    assert grown == {}
    assert max(large.values()) < 120_000


def test_the_control_by_part_of_a_name_the_whole_table_is_read() -> None:
    fill(30_000)
    small = rows_read(Lead.objects.filter(last_name__icontains="zzz").order_by("-received_at")[:51])
    fill(120_000)
    assert rows_read(Lead.objects.filter(last_name__icontains="zzz").order_by("-received_at")[:51]) > 4 * small
