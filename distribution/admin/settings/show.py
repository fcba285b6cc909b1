"""What the template of the settings page is told."""

from typing import Any

from distribution.admin.settings import groups, table, words
from distribution.admin.settings.draft import Draft, plain
from distribution.admin.settings.facts import Facts
from distribution.admin.settings.rotation import turns
from distribution.admin.settings.row import body_html
from distribution.domain.automation import SHARED_OUT, Automation
from distribution.domain.settings import Settings
from distribution.domain.settings_changes import changes
from distribution.domain.settings_check import warnings
from distribution.models import SettingsVersion
from distribution.services.versions import saver
from leads.domain.shares import bound

NEWEST = 5
TYPED = ("percentage_catch_up", "ping_budget_seconds", "bounce_hours", "breaker_failures")
"""Options that are typed, and shown as they were typed where they cannot be read."""


def uses(settings: Settings, facts: Facts) -> set[str]:
    """Which options of the page mean anything with these automations, of the page, its groups and the campaigns."""
    own: list[tuple[str, str | None]] = [(settings.automation, settings.secondary)]
    own += [(group.automation, group.secondary) for group in settings.groups]
    every = {one for pair in [*own, *((sale.automation, sale.secondary) for sale in facts.campaigns)] for one in pair if one}
    found = every & {"percentage", "round_robin", "geolocation"}
    if SHARED_OUT & {settings.automation, *(sale.automation for sale in facts.campaigns)}:
        found |= {"shared", settings.base_automation.value} - {"balanced", "price", "priority"}
    if settings.price_optimization or "price" in every:
        found.add("price")
    return {str(one) for one in found}


def context(live: SettingsVersion, settings: Settings, draft: Draft, facts: Facts, shown: str) -> dict[str, Any]:
    """Everything about the draft, beside the version that is live. `shown` are the values that the table is asked to show."""
    drafted = draft.settings
    kind = shown if shown in table.KINDS else table.shown_kind(drafted)
    rows = list(table.rows(facts, settings, draft, table.SHARED[kind]))
    sharing = sum(1 for row in rows if row.fill != "0" and not row.group)
    versions = SettingsVersion.objects.select_related("by").defer("data")[:NEWEST]
    return {
        "title": "Distribution",
        "live": live,
        "saver": saver(live),
        "following": live.number + 1,
        "settings": settings,
        "draft": drafted,
        "live_catch_up": plain(settings.percentage_catch_up),
        "raw": {name: draft.shown(name, getattr(drafted, name)) for name in TYPED},
        "errors": {problem.field: draft.error(problem.field) for problem in draft.problems},
        "draft_changes": changes(settings, drafted, facts.names, facts.account_names) if drafted != settings else (),
        "warnings": warnings(drafted),
        "spoken": words.spoken(settings.default_plan),
        "spoken_secondary": words.TITLES[settings.secondary or ""].lower(),
        "cards": {
            "defaults": words.DEFAULTS,
            "secondaries": words.SECONDARIES,
            "bases": words.BASES,
            "timeframes": words.TIMEFRAMES,
            "on_change": words.ON_CHANGE,
        },
        "rows": rows,
        "body": body_html(rows),
        "kinds": [{"name": name, "title": table.TITLES[name]} for name in table.KINDS],
        "kind": kind,
        "share_kind": table.SHARED[kind],
        "totals": table.totals(facts, drafted),
        "sold_total": sum(row.sold for row in rows),
        "sharing": sharing,
        "bound": f"{float(bound(sharing)):.2f}",
        "hidden_clients": len(facts.clients) - len(rows),
        "blank_group": groups.BLANK,
        "groups": groups.group_rows(facts, settings, draft),
        "live_groups": groups.as_json(facts, settings),
        "turns": turns(facts, drafted),
        "placeless": facts.placeless,
        "campaigns": [(sale, words.short(sale.automation, sale.secondary)) for sale in facts.campaigns],
        "uses": " ".join(sorted(uses(drafted, facts))),
        "used_by_campaigns": " ".join(sorted({one for sale in facts.campaigns for one in (sale.automation, sale.secondary) if one})),
        "automations": [(one.value, words.TITLES[one]) for one in Automation],
        "versions": versions,
        "version_total": live.number,
    }
