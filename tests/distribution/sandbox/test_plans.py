"""A day's statements are planned for the tables as they are by then, not for the empty ones that it begins with."""

import pytest
from django.db import connection

from distribution.sandbox.plans import FIRST, GROWTH, Plans
from distribution.sandbox.scratch import scratch_schema
from leads.models import Source

pytestmark = pytest.mark.django_db(transaction=True)


def known_rows(schema: str = "") -> float:
    """What the server believes of the table of sources; -1 where it has never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [f"{schema}.leads_source".lstrip(".")])
        (rows,) = cursor.fetchone()
    return float(rows)


def add_sources(many: int) -> None:
    Source.objects.bulk_create(Source(name=f"Source {n}") for n in range(Source.objects.count(), Source.objects.count() + many))


def test_the_server_looks_at_the_tables_again_whenever_there_are_so_many_times_as_many_leads() -> None:
    with scratch_schema():
        plans = Plans()
        add_sources(3)
        plans.grown(FIRST - 1)
        assert known_rows() == -1
        plans.grown(FIRST)
        assert known_rows() == 3
        add_sources(4)
        plans.grown(FIRST * GROWTH - 1)
        assert known_rows() == 3
        plans.grown(FIRST * GROWTH)
        assert known_rows() == 7


def test_it_leaves_the_installations_own_tables_alone() -> None:
    before = known_rows("public")
    with scratch_schema():
        add_sources(3)
        Plans().grown(FIRST)
        assert known_rows("public") == before
