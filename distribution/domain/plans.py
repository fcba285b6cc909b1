"""Which automation ranks an account: its delivery group's, the campaign's own, or the default."""

from collections.abc import Mapping
from typing import Any

from distribution.domain.automation import Automation, Base, Plan
from distribution.domain.settings import Settings


def plan_for(settings: Settings, terms: Mapping[str, Any], *, client: int, account: int) -> Plan:
    """The plan of the pool that the account is scanned in; `terms` as a decision keeps them."""
    groups = [group for group in settings.groups if account in group.account_ids]
    groups += [group for group in settings.groups if client in group.client_ids]
    if groups:
        return settings.plan(groups[0].automation, groups[0].secondary, groups[0].base_automation)
    if not terms.get("automation"):
        return settings.default_plan
    secondary = Automation(terms["secondary"]) if terms.get("secondary") else settings.secondary
    base = Base(terms["base_automation"]) if terms.get("base_automation") else settings.base_automation
    return settings.plan(Automation(terms["automation"]), secondary, base)


def plan_said(plan: Plan) -> str:
    """The plan in a few words: "weighted, balanced, then price"."""
    parts = [word(plan.automation)]
    if plan.automation in (Automation.WEIGHTED, Automation.PERCENTAGE):
        parts.append("balanced" if plan.base is Base.BALANCED else f"those due by {word(plan.base)}")
    if plan.optimization:
        parts.append("optimized")
    return ", ".join(parts + ([f"then {word(plan.secondary)}"] if plan.secondary else []))


def word(choice: Automation | Base) -> str:
    return choice.value.replace("_", " ")
