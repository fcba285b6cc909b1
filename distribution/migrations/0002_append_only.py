"""Attempts are only ever added; the delivery queue is kept tidy for fast claims."""

from django.db import migrations

GUARD = "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON distribution_attempt FOR EACH ROW EXECUTE FUNCTION refuse_change();"
OPEN = "DROP TRIGGER append_only ON distribution_attempt;"
TUNE = """
ALTER TABLE distribution_delivery SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE distribution_pool SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
"""
UNTUNE = """
ALTER TABLE distribution_delivery RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE distribution_pool RESET (fillfactor, autovacuum_vacuum_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("distribution", "0001_initial"), ("leads", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, OPEN), migrations.RunSQL(TUNE, UNTUNE)]
