"""What reports add up, kept by triggers: an insert says what it counts as one statement, a change row by row and only when it matters.

The names in the functions have no schema, so that a sandbox writes into its own tables.
"""

from django.db import migrations, models

MEASURES = (
    "offered",
    "sold",
    "refused",
    "failed",
    "doubted",
    "cancelled",
    "returned",
    "revenue",
    "credited",
    "bought",
    "sell_ms",
    "mailed",
    "arrived",
    "opened",
    "clicked",
    "bounced",
    "leads",
    "cost",
)
CUTS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12)

OF_END = {
    "sold": "(d.state IN ('accepted', 'returned'))::int",
    "refused": "(d.state = 'rejected')::int",
    "failed": "(d.state = 'failed')::int",
    "doubted": "(d.state = 'unknown')::int",
    "cancelled": "(d.state = 'cancelled')::int",
    "revenue": "CASE WHEN d.state IN ('accepted', 'returned') THEN (d.price * 100)::bigint ELSE 0 END",
    "bought": "CASE WHEN d.state IN ('accepted', 'returned') THEN (d.cost * 100)::bigint ELSE 0 END",
    "sell_ms": "CASE WHEN d.state IN ('accepted', 'returned') "
    "THEN round(extract(epoch FROM d.finished_at - d.created) * 1000)::bigint ELSE 0 END",
    "mailed": "(d.tracking <> '')::int",
    "arrived": "(d.tracking IN ('delivered', 'opened', 'clicked'))::int",
    "opened": "(d.tracking IN ('opened', 'clicked'))::int",
    "clicked": "(d.tracking = 'clicked')::int",
    "bounced": "(d.tracking = 'bounced')::int",
}
"""What the end of a delivery counts, on the day of `finished_at`."""
OF_OFFER = {"offered": "1"}
OF_RETURN = {"returned": "1", "credited": "(r.price * 100)::bigint"}
OF_LEAD = {"leads": "1", "cost": "(l.cost * 100)::bigint"}
PLACE = "l.campaign_id, l.lead_type_id, l.state"


def _measures(counted: dict[str, str], sign: str = "") -> str:
    return ", ".join(f"{sign}({counted[name]})" for name in counted)


def _facts(at: str, counted: dict[str, str], account: str, source: str, sign: str = "") -> str:
    """An INSERT of changes: `source` is what stands behind FROM, with l for the lead."""
    return (
        f"INSERT INTO distribution_reportdelta (at, account, campaign, lead_type, state, {', '.join(counted)}) "
        f"SELECT {at}, {account}, {PLACE}, {_measures(counted, sign)} FROM {source};\n"
    )


def _of_deliveries(rows: str, sign: str = "") -> str:
    joined = f"{rows} d JOIN leads_lead l ON l.id = d.lead_id WHERE NOT l.is_test"
    return _facts("d.created", OF_OFFER, "d.account_id", joined, sign) + _facts(
        "d.finished_at", OF_END, "d.account_id", f"{joined} AND d.finished_at IS NOT NULL", sign
    )


def _of_returns(rows: str, sign: str = "") -> str:
    joined = f"{rows} r JOIN distribution_delivery d ON d.id = r.delivery_id JOIN leads_lead l ON l.id = d.lead_id WHERE NOT l.is_test"
    return _facts("r.decided_at", OF_RETURN, "d.account_id", f"{joined} AND r.state = 'granted'", sign)


def _of_leads(rows: str, sign: str = "") -> str:
    return _facts("l.received_at", OF_LEAD, "0", f"{rows} l WHERE NOT l.is_test AND l.status = 'accepted'", sign)


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{body}    RETURN NULL;\nEND $$;\n"


def _statements(table: str, name: str, of: object) -> str:
    """Functions and triggers of what is added to a table and taken from it, each as one statement."""
    added = _function(f"report_{name}_added", of("added"))
    gone = _function(f"report_{name}_gone", of("gone", "-"))
    return (
        added + gone + f"CREATE TRIGGER report_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
        f"FOR EACH STATEMENT EXECUTE FUNCTION report_{name}_added();\n"
        f"CREATE TRIGGER report_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone "
        f"FOR EACH STATEMENT EXECUTE FUNCTION report_{name}_gone();\n"
    )


def _changed(table: str, name: str, body: str, columns: tuple[str, ...]) -> str:
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return (
        _function(f"report_{name}_changed", body) + f"CREATE TRIGGER report_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({differs}) "
        f"EXECUTE FUNCTION report_{name}_changed();\n"
    )


def _row(what: str) -> str:
    """One row of a trigger, as a table to read from."""
    return f"(SELECT {what}.*)"


END_COLUMNS = ("state", "finished_at", "tracking", "price", "cost", "account_id", "created", "lead_id")
ENDS = f"""    IF (OLD.created, OLD.account_id, OLD.lead_id) IS DISTINCT FROM (NEW.created, NEW.account_id, NEW.lead_id) THEN
{_facts("d.created", OF_OFFER, "d.account_id", f"{_row('OLD')} d JOIN leads_lead l ON l.id = d.lead_id WHERE NOT l.is_test", "-")}
{_facts("d.created", OF_OFFER, "d.account_id", f"{_row('NEW')} d JOIN leads_lead l ON l.id = d.lead_id WHERE NOT l.is_test")}
    END IF;
    IF OLD.finished_at IS NOT NULL THEN
{_facts("d.finished_at", OF_END, "d.account_id", f"{_row('OLD')} d JOIN leads_lead l ON l.id = d.lead_id WHERE NOT l.is_test", "-")}
    END IF;
    IF NEW.finished_at IS NOT NULL THEN
{_facts("d.finished_at", OF_END, "d.account_id", f"{_row('NEW')} d JOIN leads_lead l ON l.id = d.lead_id WHERE NOT l.is_test")}
    END IF;
"""


def _of_whole_lead(what: str, sign: str = "") -> str:
    """A lead that moves in a report, such as to a test or to no state, takes its deliveries and returns along."""
    lead = f"{_row(what)} l"
    joined = f"{lead} JOIN distribution_delivery d ON d.lead_id = l.id"
    return (
        _facts("l.received_at", OF_LEAD, "0", f"{lead} WHERE NOT l.is_test AND l.status = 'accepted'", sign)
        + _facts("d.created", OF_OFFER, "d.account_id", f"{joined} WHERE NOT l.is_test", sign)
        + _facts("d.finished_at", OF_END, "d.account_id", f"{joined} WHERE NOT l.is_test AND d.finished_at IS NOT NULL", sign)
        + _facts(
            "r.decided_at",
            OF_RETURN,
            "d.account_id",
            f"{joined} JOIN distribution_return r ON r.delivery_id = d.id WHERE NOT l.is_test AND r.state = 'granted'",
            sign,
        )
    )


LEAD_COLUMNS = ("received_at", "status", "is_test", "cost", "campaign_id", "lead_type_id", "state")
RETURN_COLUMNS = ("state", "decided_at", "price", "delivery_id")


def _select(at: str, counted: dict[str, str], account: str, source: str) -> str:
    measures = ", ".join(f"{counted[name]} AS {name}" if name in counted else f"0::bigint AS {name}" for name in MEASURES)
    return f"SELECT {at} AS at, {account} AS account, l.campaign_id AS campaign, l.lead_type_id AS lead_type, l.state, {measures} FROM {source}"


JOINED = "distribution_delivery d JOIN leads_lead l ON l.id = d.lead_id"
FACTS = "CREATE VIEW report_fact AS " + " UNION ALL ".join(
    (
        _select("d.created", OF_OFFER, "d.account_id", f"{JOINED} WHERE NOT l.is_test"),
        _select("d.finished_at", OF_END, "d.account_id", f"{JOINED} WHERE NOT l.is_test AND d.finished_at IS NOT NULL"),
        _select(
            "r.decided_at",
            OF_RETURN,
            "d.account_id",
            f"distribution_return r JOIN {JOINED.replace(' d ', ' d ON d.id = r.delivery_id ', 1)} WHERE NOT l.is_test AND r.state = 'granted'",
        ),
        _select("l.received_at", OF_LEAD, "0::bigint", "leads_lead l WHERE NOT l.is_test AND l.status = 'accepted'"),
    )
)

CELLS = (
    """
CREATE TABLE distribution_reportcell (
    cut smallint NOT NULL, day date NOT NULL, account bigint NOT NULL, campaign bigint NOT NULL, lead_type bigint NOT NULL,
    state varchar(2) NOT NULL, hour smallint NOT NULL, """
    + ", ".join(f"{name} bigint NOT NULL" for name in MEASURES)
    + """,
    PRIMARY KEY (cut, day, account, campaign, lead_type, state, hour)
) PARTITION BY LIST (cut);
"""
    + "".join(f"CREATE TABLE distribution_reportcell_{cut} PARTITION OF distribution_reportcell FOR VALUES IN ({cut});\n" for cut in CUTS)
)

TRIGGERS = (
    _statements("distribution_delivery", "deliveries", _of_deliveries)
    + _statements("distribution_return", "returns", _of_returns)
    + _statements("leads_lead", "leads", _of_leads)
    + _changed("distribution_delivery", "delivery", ENDS, END_COLUMNS)
    + _changed("distribution_return", "return", _of_returns(_row("OLD"), "-") + _of_returns(_row("NEW")), RETURN_COLUMNS)
    + _changed("leads_lead", "lead", _of_whole_lead("OLD", "-") + _of_whole_lead("NEW"), LEAD_COLUMNS)
)
SHORT = "ALTER TABLE distribution_reportdelta " + ", ".join(f"ALTER {name} SET DEFAULT 0" for name in ("account", *MEASURES))
THE_PAST = (
    f"INSERT INTO distribution_reportdelta (at, account, campaign, lead_type, state, {', '.join(MEASURES)}) "
    f"SELECT at, account, campaign, lead_type, state, {', '.join(MEASURES)} FROM report_fact"
)
"""What an installation has already is said as changes too, and folded like those."""
NO_TRIGGERS = "DROP VIEW report_fact;" + "".join(
    f"DROP FUNCTION report_{name}() CASCADE;"
    for name in (
        *(f"{rows}_{what}" for rows in ("deliveries", "returns", "leads") for what in ("added", "gone")),
        *(f"{row}_changed" for row in ("delivery", "return", "lead")),
    )
)


def measured() -> list[tuple[str, models.Field]]:
    return [(name, models.BigIntegerField(default=0)) for name in MEASURES]


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0011_mails_by_client_and_method"),
        ("leads", "0007_access_views_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportDelta",
            fields=[
                *measured(),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(help_text="The instant on whose day it counts")),
                ("account", models.BigIntegerField(default=0, help_text="0 for leads, which count for no account")),
                ("campaign", models.BigIntegerField()),
                ("lead_type", models.BigIntegerField()),
                ("state", models.CharField(blank=True, max_length=2)),
            ],
        ),
        migrations.CreateModel(
            name="ReportState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("time_zone", models.CharField(max_length=64)),
                ("rebuilt_at", models.DateTimeField()),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CELLS, "DROP TABLE distribution_reportcell")],
            state_operations=[
                migrations.CreateModel(
                    name="ReportCell",
                    fields=[
                        *measured(),
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "cut",
                                "day",
                                "account",
                                "campaign",
                                "lead_type",
                                "state",
                                "hour",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "cut",
                            models.SmallIntegerField(
                                help_text="Its dimensions added up: 1 account, 2 campaign and lead type, 4 state, 8 hour of the day"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("hour", models.SmallIntegerField(default=-1)),
                        ("account", models.BigIntegerField(default=0)),
                        ("campaign", models.BigIntegerField(default=0)),
                        ("lead_type", models.BigIntegerField(default=0)),
                        ("state", models.CharField(blank=True, max_length=2)),
                    ],
                )
            ],
        ),
        migrations.RunSQL(SHORT, migrations.RunSQL.noop),
        migrations.RunSQL(FACTS + ";\n" + TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(THE_PAST, migrations.RunSQL.noop),
    ]
