"""Tables made from what the migrations said must be the tables that the migrations make."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from distribution.sandbox import tables
from distribution.sandbox.scratch import scratch_schema

pytestmark = pytest.mark.django_db(transaction=True)

WHAT_THERE_IS = {
    "columns": """SELECT table_name, column_name, ordinal_position, data_type, column_default, is_nullable, generation_expression
                  FROM information_schema.columns WHERE table_schema = current_schema()""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                      WHERE connamespace = current_schema()::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "triggers": """SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
                   WHERE c.relnamespace = current_schema()::regnamespace AND NOT tgisinternal""",
    "functions": """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
                    WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'""",
    "sequences": """SELECT sequencename, start_value, increment_by, last_value FROM pg_sequences
                    WHERE schemaname = current_schema() AND sequencename <> 'django_migrations_id_seq'""",
}
NAMED_ANEW = {"django_migrations"}
"""Its rows say when each was run."""


def everything() -> dict[str, list[Any]]:
    """All that stands in the schema that the connection sees, with the schema's own name taken out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (name,) = cursor.fetchone()
        found = {}
        for what, asked in WHAT_THERE_IS.items():
            cursor.execute(asked)
            found[what] = sorted(str(row).replace(name, "ours") for row in cursor.fetchall())
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            if table not in NAMED_ANEW:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                found[f"rows of {table}"] = cursor.fetchall()
    return found


def test_the_second_run_has_the_tables_of_the_first_without_a_migration(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    settings.SANDBOX_TABLES = tmp_path / "kept"
    with scratch_schema():
        migrated = everything()
    assert len(list(settings.SANDBOX_TABLES.iterdir())) == 1

    monkeypatch.setattr(tables, "_migrate", lambda: pytest.fail("migrations ran again"))
    with scratch_schema():
        said = everything()
    assert said == migrated
    assert [name for name, rows in said.items() if name.startswith("rows of") and rows] != []
    assert all(said[what] for what in WHAT_THERE_IS)


def test_other_migrations_are_not_taken_for_these(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    settings.SANDBOX_TABLES = tmp_path
    (tmp_path / "0123.json").write_text('["CREATE TABLE wrong ()"]')
    ran: list[int] = []
    monkeypatch.setattr(tables, "_migrate", lambda: ran.append(1) or ["CREATE TABLE right_one ()"])
    tables.make_tables()
    assert ran == [1]
    assert [file.name for file in tmp_path.iterdir()] == [f"{tables._digest()}.json"]


@pytest.mark.parametrize("kept", ["", "{", "not json"])
def test_a_broken_file_is_written_anew(kept: str, settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    settings.SANDBOX_TABLES = tmp_path
    file = tmp_path / f"{tables._digest()}.json"
    file.write_text(kept)
    monkeypatch.setattr(tables, "_migrate", lambda: ["SELECT 1"])
    tables.make_tables()
    assert file.read_text() == '["SELECT 1"]'


def test_a_folder_that_cannot_be_written_to_costs_time_only(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    settings.SANDBOX_TABLES = blocked / "below"
    monkeypatch.setattr(tables, "_migrate", lambda: ["SELECT 1"])
    tables.make_tables()
    assert blocked.read_text() == ""
