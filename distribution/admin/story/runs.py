"""Distributions as they are told: why it went where it went, in sentences and as the table of all candidates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from clients.models import DeliveryAccount
from distribution.admin.story.linking import Links, account_page, client_page, page_of
from distribution.admin.story.offers import beside
from distribution.domain.automation import Plan
from distribution.domain.explain import Names, decided_said, keys_said, skipped_said, summary
from distribution.domain.plans import plan_for, plan_said
from distribution.domain.settings import Settings
from distribution.domain.step import Candidate, OfferOutcome, Stop
from distribution.domain.words import joined
from distribution.enums import PingVerdict
from distribution.models import Decision, Delivery, Ping
from distribution.queries import LeadStory
from distribution.trace import candidates_of
from leads.viewer import viewer
from leads.words import money, pill


@dataclass(frozen=True, slots=True)
class Sentence:
    tone: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class CandidateTold:
    """One row of the table. `why` is the keys of a ranked one, the reason of a skipped one."""

    rank: str
    client: str
    client_page: str
    account: str
    account_page: str
    price: str
    why: str
    decided: str
    code: str
    why_page: str
    pill: SafeString | str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class RunTold:
    title: str
    number: int
    of: int
    time: str
    version: int
    version_page: str
    plan: str
    sentences: list[Sentence]
    candidates: list[CandidateTold]
    json_page: str
    is_latest: bool


TONES: dict[OfferOutcome, str] = {
    OfferOutcome.ACCEPTED: "sold",
    OfferOutcome.OPEN: "queued",
    OfferOutcome.UNKNOWN: "waiting",
    OfferOutcome.REJECTED: "failed",
    OfferOutcome.FAILED: "failed",
    OfferOutcome.BOUNCED: "failed",
    OfferOutcome.RETURNED: "failed",
    OfferOutcome.CANCELLED: "",
}
WORDS: dict[OfferOutcome, tuple[str, str]] = {
    OfferOutcome.ACCEPTED: ("sold", "Sold"),
    OfferOutcome.OPEN: ("queued", "Offered"),
    OfferOutcome.UNKNOWN: ("unknown", "In doubt"),
    OfferOutcome.REJECTED: ("rejected", "Refused"),
    OfferOutcome.FAILED: ("failed", "Failed"),
    OfferOutcome.BOUNCED: ("rejected", "Bounced"),
    OfferOutcome.RETURNED: ("rejected", "Returned"),
    OfferOutcome.CANCELLED: ("cancelled", "Cancelled"),
}
"""Colour and word of what became of an offer."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the lines of one distribution are told with."""

    names: Names
    links: Links
    accounts: Mapping[int, DeliveryAccount]
    deliveries: Mapping[int, Delivery] = field(default_factory=dict)
    """By account."""
    plans: Mapping[int, Plan] = field(default_factory=dict)
    """By account."""
    pings: Mapping[int, Ping] = field(default_factory=dict)
    """By account."""
    now: datetime | None = None
    """When it was decided: times far from it are told with their date."""
    is_over: bool = True


def runs_told(story: LeadStory, names: Names, links: Links, *, now: datetime) -> list[RunTold]:
    """Tell of every distribution, the latest first."""
    return [_run(decision, story, names, links, now=now) for decision in story.decisions]


def _run(decision: Decision, story: LeadStory, names: Names, links: Links, *, now: datetime) -> RunTold:
    lines = candidates_of(decision, story.deliveries)
    terms = decision.inputs.get("terms", {})
    deliveries = {one.account_id: one for one in story.deliveries if one.decision.run <= decision.run}
    plans, default = plans_of(decision.version.data, terms, lines)
    stop = Stop(decision.stop or decision.trace.get("stop") or Stop.UNDER_WAY)
    pings = {one.account_id: one for one in story.pings if one.decision_id == decision.pk}
    is_over = stop not in (Stop.OFFER, Stop.UNDER_WAY, Stop.PING)
    scene = Scene(names, links, story.accounts, deliveries, plans, pings, decision.started, is_over=is_over)
    return RunTold(
        title=title_of(lines, stop, names),
        number=decision.run,
        of=len(story.decisions),
        time=f"{viewer().local(decision.started):%-d %b %H:%M:%S}",
        version=decision.version.number,
        version_page=page_of("admin:distribution_settings_version", decision.version.number),
        plan=plan_said(default),
        sentences=sentences_of(lines, stop, scene, max_deliveries=int(terms.get("max_deliveries", 1)), now=now),
        candidates=[candidate_told(line, scene) for line in lines],
        json_page=reverse("admin:lead_trace", args=[story.lead.pk, decision.run]),
        is_latest=decision is story.decisions[0],
    )


def plans_of(data: Mapping[str, Any], terms: Mapping[str, Any], lines: Iterable[Candidate]) -> tuple[dict[int, Plan], Plan]:
    """Return the plan that ranks each account, and the one of everybody who is in no group."""
    settings = Settings.from_json({name: value for name, value in data.items() if name != "values"})
    plans = {line.account: plan_for(settings, terms, client=line.client, account=line.account) for line in lines}
    return plans, plan_for(settings, terms, client=0, account=0)


def title_of(lines: Iterable[Candidate], stop: Stop, names: Names) -> str:
    """The question that the sentences answer."""
    by_outcome: dict[OfferOutcome, list[str]] = {}
    for line in lines:
        if line.offer is not None:
            by_outcome.setdefault(line.offer, []).append(names.client(line.client))
    if sold := by_outcome.get(OfferOutcome.ACCEPTED):
        return f"Why it went to {joined(sold, 3)}"
    if doubted := by_outcome.get(OfferOutcome.UNKNOWN):
        return f"Why it is in doubt at {joined(doubted, 3)}"
    if offered := by_outcome.get(OfferOutcome.OPEN):
        return f"Why it is offered to {joined(offered, 3)}"
    return "Why nobody has it" if stop is Stop.NOBODY_LEFT else "Who may get it"


def sentences_of(lines: tuple[Candidate, ...], stop: Stop, scene: Scene, *, max_deliveries: int, now: datetime) -> list[Sentence]:
    deliveries = scene.deliveries
    told = summary(
        lines,
        stop,
        scene.names,
        max_deliveries=max_deliveries,
        prices={account: f"{one.price:,.2f}" for account, one in deliveries.items()},
        reasons={account: one.message.rstrip(".") for account, one in deliveries.items() if one.state == "rejected" and one.message},
        plans=scene.plans,
        beside={account: beside(one, now=now) for account, one in deliveries.items()},
    )
    tones = ["", *(TONES[line.offer] for line in lines if line.offer is not None), ""]
    return [Sentence(tone, scene.links.html(text)) for tone, text in zip(tones, told, strict=True)]


def candidate_told(line: Candidate, scene: Scene) -> CandidateTold:
    account = scene.accounts.get(line.account)
    delivery = scene.deliveries.get(line.account)
    ping = scene.pings.get(line.account)
    price = delivery.price if delivery is not None else account.price if account is not None else None
    if delivery is None and ping is not None and ping.bid is not None:
        price = ping.bid
    plan = scene.plans.get(line.account)
    skipped = line.reason is not None
    return CandidateTold(
        rank="–" if skipped else str(line.rank or ""),
        client=scene.names.client(line.client),
        client_page=client_page(line.client),
        account=scene.names.account(line.account),
        account_page=account_page(line.account),
        price=money(price),
        why=skipped_said(line, scene.names, now=scene.now) if skipped else _ranked(line, scene, plan),
        decided="" if skipped else decided_said(line, plan),
        code=line.reason.value if line.reason else "",
        why_page=_why_page(line, scene) if skipped else "",
        pill=_pill(line, scene),
        note=_note(line, delivery) or _pinged(ping),
        tone="won" if line.offer is OfferOutcome.ACCEPTED else "off" if skipped else "",
    )


def _why_page(line: Candidate, scene: Scene) -> str:
    """Where the account's whole day is told: how often it was skipped for this, and what would help."""
    day = f"{viewer().company_zone_day(scene.now):%Y-%m-%d}" if scene.now else ""
    return f"{reverse('admin:account_why', args=[line.account])}{'?day=' + day if day else ''}"


def _ranked(line: Candidate, scene: Scene, plan: Plan | None) -> str:
    behind = (line.detail or {}).get("behind")
    return f"Stands behind {scene.names.account(behind)}" if behind is not None else keys_said(line, plan)


def _pill(line: Candidate, scene: Scene) -> SafeString | str:
    if line.offer is not None:
        return pill(*WORDS[line.offer])
    if line.reason is not None:
        return "Skipped"
    return "Not needed" if scene.is_over else "Not asked yet"


def _pinged(ping: Ping | None) -> str:
    """What it answered when it was asked before, and how fast."""
    if ping is None or ping.verdict != PingVerdict.ACCEPTED:
        return "asked, not answered yet" if ping is not None and not ping.verdict else ""
    took = (
        f" in {round((ping.ended - ping.started).total_seconds() * 1000):,} ms"
        if ping.ended and ping.started and ping.ended > ping.started
        else ""
    )
    return f"{f'bid {money(ping.bid)}' if ping.bid is not None else 'would buy'}{took}"


def _note(line: Candidate, delivery: Delivery | None) -> str:
    if line.offer is OfferOutcome.ACCEPTED and delivery is not None:
        return f"at {money(delivery.price)}"
    if line.offer in (OfferOutcome.REJECTED, OfferOutcome.FAILED) and delivery is not None:
        return delivery.message
    return ""
