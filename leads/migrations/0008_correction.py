"""What was corrected is only ever added to, as the events that tell of it are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON leads_correction FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
OPEN = "DROP TRIGGER append_only ON leads_correction;"


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0007_access_views_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("lead", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="leads.lead")),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["lead", "id"], name="correction_of_lead")],
            },
        ),
        migrations.RunSQL(GUARD, OPEN),
    ]
