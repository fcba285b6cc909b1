"""Pings: what an account is asked before the lead is sold. Asked once in a distribution, outside any transaction, under one budget."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from distribution.domain import state
from distribution.domain.retry import Outcome
from distribution.enums import PingState, PingVerdict
from distribution.locks import hold_leads
from distribution.models import Decision, Ping
from distribution.services.breaker import count_ping
from distribution.services.market import LiveMarket
from distribution.transports.envelope import Report
from distribution.wake import PINGS, ROUTES, wake
from leads.enums import LeadOutcome
from leads.models import Lead
from leads.services.rows import insert_rows, update_rows

VERDICTS: dict[Outcome, PingVerdict] = {Outcome.ACCEPTED: PingVerdict.ACCEPTED, Outcome.REJECTED: PingVerdict.REJECTED}
"""Whatever else came of a ping brought no bid."""
ANSWERS: dict[str, state.Ping] = {verdict.value: state.Ping(verdict.value) for verdict in PingVerdict}


def answers_of(decision: Decision, *, now: datetime) -> dict[int, state.PingAnswer]:
    """By account: the answers there are, those that did not come in time among them. The lead is locked."""
    pings = list(Ping.objects.filter(decision=decision.pk).only("account", "state", "verdict", "bid", "message", "deadline", "created"))
    for ping in pings:
        if ping.state != PingState.ANSWERED and ping.deadline <= now:
            _expire(ping, now=now)
    return {ping.account_id: answer_of(ping) for ping in pings if ping.state == PingState.ANSWERED}


def answer_of(ping: Ping) -> state.PingAnswer:
    note = "" if ping.verdict == PingVerdict.ACCEPTED else ping.message
    return state.PingAnswer(ANSWERS[ping.verdict], ping.bid, note)


def _expire(ping: Ping, *, now: datetime) -> None:
    seconds = round((ping.deadline - ping.created).total_seconds())
    values = {
        "state": PingState.ANSWERED,
        "verdict": PingVerdict.TIMEOUT,
        "ended": now,
        "message": f"No answer within {seconds} second{'' if seconds == 1 else 's'}.",
    }
    if update_rows(Ping, values, id=ping.pk, state=ping.state):
        for name, value in values.items():
            setattr(ping, name, value)
    else:  # answered between reading and writing: that answer stands
        ping.refresh_from_db()


def ask(*, lead: Lead, decision: Decision, accounts: Iterable[int], live: LiveMarket, now: datetime) -> datetime:
    """Write down whom to ask, and return when the answers are no longer waited for. Who was asked already is not asked again."""
    wanted = set(accounts)
    known = {ping.account_id: ping.deadline for ping in Ping.objects.filter(decision=decision.pk, account__in=wanted)}
    deadline = now + timedelta(seconds=live.market.settings.ping_budget_seconds)
    entries = {entry.account.id: entry for entry in live.market.slate(lead.lead_type_id).entries}
    rows = [
        Ping(
            lead=lead,
            decision=decision,
            client_id=entries[account].client.id,
            account_id=account,
            method_id=live.methods[account],
            created=now,
            deadline=deadline,
        )
        for account in sorted(wanted - known.keys())
    ]
    if rows:
        insert_rows(rows)
        transaction.on_commit(lambda: wake(PINGS), robust=True)
    return max([*known.values(), deadline] if rows else known.values())


def finish_ping(*, ping: Ping, report: Report, started: datetime, ended: datetime, limit: int) -> bool:
    """Write down what came of a ping; False when it was no longer waited for. The last answer of a lead makes it due."""
    with transaction.atomic():
        hold_leads([ping.lead_id])
        applied = update_rows(Ping, _values(report, started, ended), id=ping.pk, claim=ping.claim, state=PingState.SENDING)
        if applied and not Ping.objects.filter(decision=ping.decision_id).exclude(state=PingState.ANSWERED).exists():
            open_leads = Lead.objects.filter(pk=ping.lead_id, due_at__isnull=False, outcome__in=[LeadOutcome.PENDING, LeadOutcome.SOLD])
            open_leads.update(due_at=ended, tries=0)
            transaction.on_commit(lambda: wake(ROUTES), robust=True)
        count_ping(method=ping.method, is_answered=report.outcome in VERDICTS, now=ended, limit=limit)
    return bool(applied)


def _values(report: Report, started: datetime, ended: datetime) -> dict[str, Any]:
    verdict = VERDICTS.get(report.outcome, PingVerdict.TIMEOUT)
    return {
        "state": PingState.ANSWERED,
        "verdict": verdict,
        "started": started,
        "ended": ended,
        "bid": report.bid if verdict == PingVerdict.ACCEPTED else None,
        "reference": report.reference[:200],
        "message": _said(report)[:300],
        "status": report.status,
        "rule": report.rule[:200],
        "request": dict(report.request),
        "answer": report.answer,
    }


def _said(report: Report) -> str:
    if report.message or report.outcome in VERDICTS:
        return report.message
    if report.status is not None and report.status < 300:
        return f"Answered {report.status}, and no response rule of the ping matches."
    return f"Answered {report.status}." if report.status is not None else ""


def bids_of(lead_ids: Iterable[UUID]) -> dict[UUID, dict[int, Decimal | None]]:
    """By lead and account: what was last bid, None for a refusal. Who accepted without a bid, or did not answer, is left out."""
    found: dict[UUID, dict[int, Decimal | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BIDS, [list(lead_ids)])
        for lead, account, bid in cursor.fetchall():
            found.setdefault(lead, {})[account] = bid
    return found


BIDS = """
    SELECT DISTINCT ON (lead_id, account_id) lead_id, account_id, bid FROM distribution_ping
    WHERE lead_id = ANY(%s) AND (verdict = 'rejected' OR bid IS NOT NULL) ORDER BY lead_id, account_id, created DESC
"""


def recorded(lead: Lead) -> Mapping[int, state.PingAnswer]:
    """By account: what was answered at the lead's latest distribution, for looking again without asking."""
    pings = Ping.objects.filter(lead=lead.pk, state=PingState.ANSWERED).order_by("created")
    return {ping.account_id: answer_of(ping) for ping in pings}
