"""Leads that nobody bought, kept by triggers: added when a lead is through, taken away when it is sold after all."""

import django.db.models.deletion
import leads.models.fields
from django.db import migrations, models

UNSOLD = "('pushed', 'queued', 'unrouted', 'finished')"
TRIGGERS = f"""
CREATE FUNCTION report_unsold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.outcome IN {UNSOLD} AND NOT NEW.is_test THEN
        INSERT INTO distribution_unsoldlead
            (lead_id, received_at, campaign, lead_type, state, is_judged, reason, miss, account, price)
        VALUES (NEW.id, NEW.received_at, NEW.campaign_id, NEW.lead_type_id, NEW.state, false, '', '', 0, 0)
        ON CONFLICT (lead_id) DO UPDATE SET received_at = excluded.received_at, campaign = excluded.campaign,
            lead_type = excluded.lead_type, state = excluded.state, is_judged = false, reason = '', miss = '', account = 0, price = 0;
    ELSE
        DELETE FROM distribution_unsoldlead WHERE lead_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION report_unsold_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM distribution_unsoldlead u USING gone WHERE u.lead_id = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER report_unsold AFTER UPDATE ON leads_lead FOR EACH ROW WHEN (
    OLD.outcome IS DISTINCT FROM NEW.outcome AND (OLD.outcome IN {UNSOLD} OR NEW.outcome IN {UNSOLD})
    OR NEW.outcome IN {UNSOLD} AND (OLD.is_test, OLD.received_at, OLD.campaign_id, OLD.lead_type_id, OLD.state)
        IS DISTINCT FROM (NEW.is_test, NEW.received_at, NEW.campaign_id, NEW.lead_type_id, NEW.state)
) EXECUTE FUNCTION report_unsold();
CREATE TRIGGER report_unsold_added AFTER INSERT ON leads_lead FOR EACH ROW WHEN (NEW.outcome IN {UNSOLD}) EXECUTE FUNCTION report_unsold();
CREATE TRIGGER report_unsold_gone AFTER DELETE ON leads_lead REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION report_unsold_gone();
INSERT INTO distribution_unsoldlead (lead_id, received_at, campaign, lead_type, state, is_judged, reason, miss, account, price)
    SELECT id, received_at, campaign_id, lead_type_id, state, false, '', '', 0, 0 FROM leads_lead
    WHERE outcome IN {UNSOLD} AND NOT is_test;
"""
NO_TRIGGERS = "DROP FUNCTION report_unsold() CASCADE; DROP FUNCTION report_unsold_gone() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0013_fewer_indexes"),
        ("leads", "0009_fewer_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnsoldLead",
            fields=[
                (
                    "lead",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="unsold",
                        serialize=False,
                        to="leads.lead",
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("campaign", models.BigIntegerField()),
                ("lead_type", models.BigIntegerField()),
                ("state", models.CharField(blank=True, max_length=2)),
                ("is_judged", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("miss", models.CharField(blank=True, help_text="The check that the account failed which came nearest", max_length=20)),
                ("account", models.BigIntegerField(default=0)),
                (
                    "price",
                    leads.models.fields.MoneyField(
                        decimal_places=2, default=0, help_text="What that account would have paid", max_digits=14
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["received_at"], name="unsold_newest"),
                    models.Index(condition=models.Q(("is_judged", False)), fields=["lead"], name="unsold_to_judge"),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
