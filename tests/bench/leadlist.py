"""The list of leads and its search among millions: the answer of the page, and how many rows the database reads for it."""

import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distribution.demo.factories import AdministratorFactory
from leads.models import SavedView
from tests.bench.figures import Figure
from tests.leads.search.test_search import explained, fill

LEADS = 5_000_000
QUICK = 200_000
MOST_MS = 300
MOST_ROWS = 200_000
"""What a page may read, however many leads there are: a window of 20,000, its index, the names' beginnings and the counts."""


def measure(*, quick: bool) -> Iterator[Figure]:
    count = QUICK if quick else LEADS
    fill(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) leads_lead")
    by, client = AdministratorFactory.create(), Client()
    client.force_login(by)
    view = SavedView.objects.create(owner=by, page="leads", name="Rare", criteria={"all": [["last_name", "eq", "Last77"]]})
    asked = {
        "first page": {},
        "filtered by outcome": {"outcome__exact": "finished"},
        "two filters": {"outcome__exact": "finished", "status__exact": "accepted"},
        "kept criteria": {"view": str(view.pk)},
        "search, two names": {"q": "First5 Last77"},
        "search, a phone": {"q": "(312) 000-4242"},
        "search, an e-mail": {"q": "p4242@mail"},
    }
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for name, query in asked.items():
            ms, rows = _page(client, query)
            yield Figure(f"list of {count:,}: {name}", ms, MOST_MS, "ms", at_most=1)
            yield Figure("  rows read", rows, MOST_ROWS, "", at_most=1)


def _page(client: Client, query: dict[str, str]) -> tuple[float, int]:
    """The best of three answers in milliseconds, and the rows read for one of them."""
    here, best = reverse("admin:leads_lead_changelist"), float("inf")
    for _ in range(3):
        start = time.perf_counter()
        if client.get(here, query).status_code != 200:
            raise RuntimeError(f"no list for {query}")
        best = min(best, time.perf_counter() - start)
    with CaptureQueriesContext(connection) as queries:
        client.get(here, query)
    told = [one["sql"] for one in queries.captured_queries if "leads_lead" in one["sql"] and not one["sql"].startswith("EXPLAIN")]
    return best * 1000, sum(explained(statement) for statement in told)
