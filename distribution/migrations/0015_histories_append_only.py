"""Histories of settings may only be added to, like events: whoever changed a price or a right stays on record."""

from django.db import migrations

TABLES = (
    "leads_historicalcampaign",
    "clients_historicalclient",
    "clients_historicaldeliveryaccount",
    "clients_historicaldeliverymethod",
    "pullqueue_historicalaccessrules",
    "pullqueue_historicalstatehours",
    "pullqueue_historicalpushstrategy",
    "pullqueue_historicaldisposition",
    "pullqueue_historicalpullstrategy",
    "pullqueue_historicalfloorsettings",
    "distribution_historicalcampaignsale",
)
CLOSE = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();" for table in TABLES
)
OPEN = "\n".join(f"DROP TRIGGER append_only ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("distribution", "0014_unsold_leads"), ("pullqueue", "0006_access"), ("leads", "0010_standstill")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
