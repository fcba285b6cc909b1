from django.db import migrations

FUNCTION = """
    CREATE FUNCTION pullqueue_strategy_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.changed_at := coalesce(NEW.changed_at, clock_timestamp());
        ELSIF (NEW.criteria, NEW.source, NEW.branch_id, NEW."order", NEW.max_attempts, NEW.delay_minutes, NEW.is_on, NEW.archived_at)
            IS DISTINCT FROM
            (OLD.criteria, OLD.source, OLD.branch_id, OLD."order", OLD.max_attempts, OLD.delay_minutes, OLD.is_on, OLD.archived_at)
            AND coalesce(NEW.changed_at <= OLD.changed_at, NEW.changed_at IS NULL)
        THEN
            NEW.changed_at := clock_timestamp();
        ELSE
            NEW.changed_at := greatest(NEW.changed_at, OLD.changed_at);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER pullqueue_strategy_changed BEFORE INSERT OR UPDATE ON pullqueue_pullstrategy
        FOR EACH ROW EXECUTE FUNCTION pullqueue_strategy_changed();
"""
AWAY = "DROP TRIGGER pullqueue_strategy_changed ON pullqueue_pullstrategy; DROP FUNCTION pullqueue_strategy_changed();"


class Migration(migrations.Migration):
    """Whatever writes the meaning of a pull strategy, a form, a program or a hand in the database: the row says when."""

    dependencies = [("pullqueue", "0006_access")]

    operations = [migrations.RunSQL(FUNCTION, AWAY)]
