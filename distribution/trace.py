"""The trace in its two forms: compact as it is kept, whole as people and programs read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from distribution.domain.explain import Names
from distribution.domain.market import CampaignTerms
from distribution.domain.state import Snapshot
from distribution.domain.step import Candidate, Step
from distribution.models import Decision, Delivery
from distribution.services.market import LiveMarket
from distribution.services.snapshot import outcome_of


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
        "pings": {
            str(account): [one.answer, None if one.bid is None else str(one.bid), one.note] for account, one in snapshot.pings.items()
        },
        "suppressed": snapshot.suppressed,
        "qualified": {str(account): [counts.met, counts.bought] for account, counts in snapshot.qualified.items()},
    }


def candidates_of(decision: Decision, deliveries: Iterable[Delivery]) -> tuple[Candidate, ...]:
    """The lines of a kept trace, each offer with what has become of it since; later distributions' offers change nothing here."""
    now = {one.account_id: outcome_of(one) for one in deliveries if one.decision.run <= decision.run}
    lines = (Candidate.of(row) for row in decision.trace.get("candidates", []))
    return tuple(line._replace(offer=now.get(line.account, line.offer)) if line.rank else line for line in lines)


def candidate_form(line: Candidate, names: Names) -> dict[str, Any]:
    """One line as a program reads it, in the form of the sandbox's results."""
    return {
        "client": names.client(line.client),
        "account": names.account(line.account),
        "reason": line.reason.value if line.reason else None,
        "detail": line.detail,
        "rank": line.rank,
        "keys": line.keys,
        "decided_by": line.decided_by.value if line.decided_by else None,
        "offer": line.offer.value if line.offer else None,
    }


def program_form(decision: Decision, candidates: Iterable[Candidate], names: Names) -> dict[str, Any]:
    """A whole distribution as a program reads it: times with their offset, decimals as text."""
    return {
        "run": decision.run,
        "settings_version": decision.version.number,
        "automation": decision.trace.get("automation"),
        "started": decision.started.isoformat(),
        "finished": decision.finished.isoformat() if decision.finished else None,
        "stop": decision.stop or decision.trace.get("stop"),
        "candidates": [candidate_form(line, names) for line in candidates],
    }
