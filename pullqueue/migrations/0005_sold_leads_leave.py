"""A lead that is sold or erased is kept in house no longer, whoever writes so: its place is finished and its entries go."""

from django.db import migrations

LEAVE = """
CREATE FUNCTION leave_the_floor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pullqueue_placement SET place = 'finished', ending = NEW.outcome, holder_id = NULL, owner_id = NULL, due_at = NULL,
        callback_at = NULL, callback_by_id = NULL, since = now(), revision = nextval('queue_revision')
    WHERE lead_id = NEW.id AND place <> 'finished';
    IF FOUND THEN
        UPDATE pullqueue_hold SET ended_at = greatest(now(), at), "end" = 'stopped' WHERE lead_id = NEW.id AND ended_at IS NULL;
        DELETE FROM pullqueue_queueentry WHERE lead_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER leave_the_floor AFTER UPDATE OF outcome ON leads_lead FOR EACH ROW
    WHEN (NEW.outcome IN ('sold', 'erased') AND OLD.outcome IS DISTINCT FROM NEW.outcome) EXECUTE FUNCTION leave_the_floor();
"""
STAY = "DROP TRIGGER leave_the_floor ON leads_lead; DROP FUNCTION leave_the_floor();"


class Migration(migrations.Migration):
    dependencies = [("pullqueue", "0004_entries_without_spare_indexes")]
    operations = [migrations.RunSQL(LEAVE, STAY)]
