"""What may only be added to says so in the database, with one exception: the erasure of a person's data."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('switchyard.erasing', true) = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION '% rows are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON leads_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON leads_submission FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
OPEN = """
DROP TRIGGER append_only ON leads_submission;
DROP TRIGGER append_only ON leads_event;
DROP FUNCTION refuse_change();
"""
TUNE = """
ALTER TABLE leads_lead SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE leads_capwindow SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
"""
UNTUNE = """
ALTER TABLE leads_lead RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE leads_capwindow RESET (fillfactor, autovacuum_vacuum_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, OPEN), migrations.RunSQL(TUNE, UNTUNE)]
