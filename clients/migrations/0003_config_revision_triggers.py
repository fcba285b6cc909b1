"""The database notices every change of who buys what; the breaker's counters are no such change."""

from django.db import migrations

TABLES = [
    "clients_client",
    "clients_deliveryaccount",
    "clients_accountmethod",
    "clients_clientgroup_clients",
    "leads_leadtype",
    "leads_leadfield",
    "leads_company",
]

FORWARD = """
CREATE SEQUENCE config_revision;
CREATE FUNCTION raise_config_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The number comes from a sequence, so it is never used twice, and stands in one row, so it commits with the change.
    INSERT INTO clients_configrevision (id, number) VALUES (1, nextval('config_revision'))
        ON CONFLICT (id) DO UPDATE SET number = nextval('config_revision');
    RETURN NULL;
END $$;
CREATE TRIGGER config_changed AFTER INSERT OR DELETE OR UPDATE OF client_id, kind, is_enabled, archived_at ON clients_deliverymethod
    FOR EACH STATEMENT EXECUTE FUNCTION raise_config_revision();
CREATE FUNCTION count_activations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.activations := OLD.activations + (NEW.status = 'active' AND OLD.status <> 'active')::int;
    RETURN NEW;
END $$;
CREATE TRIGGER count_activations BEFORE UPDATE ON clients_client FOR EACH ROW EXECUTE FUNCTION count_activations();
""" + "".join(
    f"CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION raise_config_revision();\n"
    for table in TABLES
)
BACKWARD = """
DROP FUNCTION raise_config_revision() CASCADE;
DROP FUNCTION count_activations() CASCADE;
DROP SEQUENCE config_revision;
DELETE FROM clients_configrevision;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_config_revision"), ("leads", "0003_open_leads_are_due")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
