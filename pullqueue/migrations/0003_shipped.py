"""What may only be added to, the numbers of changes, and what comes with the product."""

from typing import Any

from django.db import migrations

from pullqueue.shipped import load_shipped

ADDED_ONLY = ("pullqueue_pulllog", "pullqueue_pushlog", "pullqueue_callattempt")
GUARD = "; ".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()" for table in ADDED_ONLY
)
OPEN = "; ".join(f"DROP TRIGGER append_only ON {table}" for table in ADDED_ONLY)
TUNE = """
CREATE SEQUENCE queue_revision;
ALTER TABLE pullqueue_queueentry SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE pullqueue_placement SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
"""
UNTUNE = """
ALTER TABLE pullqueue_placement RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE pullqueue_queueentry RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
DROP SEQUENCE queue_revision;
"""


def load(apps: Any, _editor: Any) -> None:
    load_shipped(lambda name: apps.get_model("pullqueue", name))


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_append_only"), ("pullqueue", "0002_sales_floor")]
    operations = [
        migrations.RunSQL(GUARD, OPEN),
        migrations.RunSQL(TUNE, UNTUNE),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
