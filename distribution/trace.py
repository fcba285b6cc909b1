"""The trace in its two forms: compact as it is kept, whole as people and programs read it."""

from datetime import datetime
from typing import Any

from distribution.domain.market import CampaignTerms
from distribution.domain.state import Snapshot
from distribution.domain.step import Step
from distribution.services.market import LiveMarket


def trace_json(step: Step, live: LiveMarket) -> dict[str, Any]:
    """Keep every candidate of a step: `[client, account, reason, detail, rank, keys, decided_by]`, ranked ones first."""
    return {
        "stop": step.stop.value,
        "automation": live.market.settings.automation.value,
        "candidates": [
            [one.client, one.account, one.reason, one.detail, one.rank, one.keys, one.decided_by, one.offer] for one in step.candidates
        ],
    }


def inputs_json(terms: CampaignTerms, snapshot: Snapshot, live: LiveMarket, *, now: datetime) -> dict[str, Any]:
    """Keep what the decision was computed from, beside the lead itself, the settings version and the accounts' history."""
    return {
        "now": now.isoformat(),
        "config_revision": live.revision,
        "terms": {
            "campaign": terms.campaign,
            "cost": str(terms.cost),
            "max_deliveries": terms.max_deliveries,
            "client_group": sorted(terms.client_group) if terms.client_group is not None else None,
            "automation": terms.automation,
            "secondary": terms.secondary,
            "base_automation": terms.base_automation,
        },
        "used": [[key.scope, key.scope_id, key.kind, key.window_start.isoformat(), str(used)] for key, used in snapshot.used.items()],
        "pools": {key: state.to_json() for key, state in snapshot.pools.items()},
        "bought_before": sorted(snapshot.bought_before),
        "circuit": {str(account): until.isoformat() for account, until in snapshot.circuit.items()},
        "suppressed": snapshot.suppressed,
        "qualified": {str(account): [counts.met, counts.bought] for account, counts in snapshot.qualified.items()},
    }
