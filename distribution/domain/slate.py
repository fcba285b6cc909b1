"""The market compiled for one version of the configuration, so that the work for each lead is small."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from zoneinfo import ZoneInfo

from distribution.domain.automation import AccountAutomation, Automation, Plan
from distribution.domain.checks import checks_of
from distribution.domain.entry import Entry, Failed, Scene, price_key
from distribution.domain.market import Account, AccountStatus, CampaignTerms, Client, ClientStatus
from distribution.domain.moment import Moment, Shift
from distribution.domain.reasons import Reason
from distribution.domain.settings import NO_VALUES, Settings
from distribution.domain.state import CapKey
from leads.domain.hours import ALWAYS, WeekHours
from leads.domain.shares import Sharing, account_pool, scaled

DEFAULT_POOL = "default"
_CLIENT: dict[ClientStatus, Reason] = {ClientStatus.PAUSED: Reason.CLIENT_PAUSED, ClientStatus.INACTIVE: Reason.CLIENT_INACTIVE}
_ACCOUNT: dict[AccountStatus, Reason] = {
    AccountStatus.PAUSED: Reason.ACCOUNT_PAUSED,
    AccountStatus.CLOSED: Reason.ACCOUNT_CLOSED,
}


@dataclass(frozen=True, slots=True)
class Slate:
    """The accounts of one lead type in entry order."""

    entries: tuple[Entry, ...]
    qualified: tuple[Entry, ...]
    able: tuple[frozenset[int], ...]
    """By group: clients with an account that nothing standing bars, which is how many the balanced order reckons with."""
    pings: bool = False
    """Whether any of them is pinged."""


@dataclass(frozen=True, slots=True)
class Market:
    """Settings, clients and accounts of one version. Build it once per version and keep it; it is safe to share."""

    settings: Settings
    clients: Mapping[int, Client]
    zone: ZoneInfo
    """The company's: percentages count in it."""
    slates: Mapping[int, Slate]
    groups: tuple[Scene, ...]
    default: Scene
    _margins: dict[tuple[Decimal, int], dict[Entry, Failed | None]] = field(default_factory=dict, repr=False, compare=False)
    _moments: list[Moment] = field(default_factory=list, repr=False, compare=False)

    def slate(self, lead_type: int) -> Slate:
        return self.slates.get(lead_type, _EMPTY)

    def moment(self, now: datetime) -> Moment:
        """What is open and which windows run in the minute of `now`: worked out once for all leads of that minute."""
        minute = now.replace(second=0, microsecond=0)
        kept = self._moments[-1] if self._moments else None
        if kept is not None and kept.minute == minute:
            return kept
        fresh = Moment(minute, {}) if kept is None else kept.at(minute)
        self._moments[:] = [fresh]
        return fresh

    def margins(self, terms: CampaignTerms) -> dict[Entry, Failed | None]:
        """What is known of margins at the campaign's cost; the checks add to it."""
        return self._margins.setdefault((terms.cost, terms.max_deliveries), {})

    def rest(self, terms: CampaignTerms) -> Scene:
        """The pool of everyone who is in no delivery group: the campaign's own when it overrides the automation."""
        if terms.automation is None:
            return self.default
        settings, rest = self.settings, self.default
        secondary = settings.secondary if terms.secondary is None else terms.secondary
        base = settings.base_automation if terms.base_automation is None else terms.base_automation
        plan = settings.plan(terms.automation, secondary, base)
        return Scene(f"campaign:{terms.campaign}", plan, rest.members, rest.weights, rest.percentages)

    def scenes(self, terms: CampaignTerms) -> tuple[Scene, ...]:
        """The pools in the order in which they are scanned for leads of the campaign."""
        return (*self.groups, self.rest(terms))

    def pool_keys(self, lead_type: int, terms: CampaignTerms) -> tuple[str, ...]:
        """Pools whose state a decision reads and may change, to be locked and loaded in this (sorted) order."""
        keys = {scene.key for scene in self.scenes(terms) if keeps_state(scene.plan)}
        rotating = {
            entry.client.id
            for entry in self.slate(lead_type).entries
            if entry.client.account_automation is AccountAutomation.ROUND_ROBIN and entry.barred is None
        }
        return tuple(sorted(keys | {account_pool(client) for client in rotating}))

    def cap_keys(self, lead_type: int, now: datetime) -> tuple[CapKey, ...]:
        """Counters that a decision may look at: `Snapshot.used` should hold those of them that exist."""
        able = ((entry.account, entry.client) for entry in self.slate(lead_type).entries if entry.barred is None)
        return self.moment(now).keys(lead_type, able)


def keeps_state(plan: Plan) -> bool:
    """Whether the pool of the plan remembers anything between leads."""
    return any(plan.uses(kind) for kind in (Automation.ROUND_ROBIN, Automation.WEIGHTED, Automation.PERCENTAGE))


_EMPTY = Slate((), (), ())


def build_market(settings: Settings, clients: Iterable[Client], accounts: Iterable[Account], zone: ZoneInfo) -> Market:
    """Compile the configuration. Accounts of clients that are not given are left out."""
    known = {client.id: client for client in clients}
    compiler = _Compiler.of(settings)
    by_type: dict[int, list[Entry]] = {}
    for account in sorted((a for a in accounts if a.client_id in known), key=lambda a: (known[a.client_id].entry, a.entry, a.id)):
        entries = by_type.setdefault(account.lead_type, [])
        entries.append(compiler.entry(account, known[account.client_id], len(entries)))
    slates = {lead_type: _slate(entries, len(settings.groups)) for lead_type, entries in by_type.items()}
    scenes = [
        _scene(f"group:{group.key}", settings.plan(group.automation, group.secondary, group.base_automation), place, slates, settings)
        for place, group in enumerate(settings.groups)
    ]
    default = _scene(DEFAULT_POOL, settings.default_plan, len(scenes), slates, settings)
    return Market(settings, known, zone, slates, tuple(scenes), default)


def with_calendar_of(market: Market, other: Market) -> Market:
    """The market on the calendar of another one of the same clients and accounts: the windows of a minute are worked out once."""
    return replace(market, _moments=other._moments)  # noqa: SLF001 -- its own class


@dataclass(frozen=True, slots=True)
class _Compiler:
    """What accounts have in common: groups by account and by client (the account's own wins), and shared schedules."""

    settings: Settings
    by_account: Mapping[int, int]
    by_client: Mapping[int, int]
    shifts: dict[tuple[WeekHours, frozenset[date], ZoneInfo], Shift]

    @classmethod
    def of(cls, settings: Settings) -> "_Compiler":
        numbered = list(enumerate(settings.groups))
        return cls(
            settings,
            {account: place for place, group in numbered for account in group.account_ids},
            {client: place for place, group in numbered for client in group.client_ids},
            {},
        )

    def entry(self, account: Account, client: Client, place: int) -> Entry:
        rest = len(self.settings.groups)
        return Entry(
            account=account,
            client=client,
            place=place,
            group=self.by_account.get(account.id, self.by_client.get(client.id, rest)),
            barred=_barred(account, client),
            shift=self._shift(account),
            price_key=price_key(account.price),
            price_text=f"{account.price:.2f}",
            priority=self.settings.values.get(client.id, NO_VALUES).priority,
            checks=checks_of(account),
        )

    def _shift(self, account: Account) -> Shift | None:
        if account.hours == ALWAYS and not account.closed_dates:
            return None
        key = (account.hours, account.closed_dates, account.zone)
        return self.shifts.setdefault(key, Shift(*key))


def _barred(account: Account, client: Client) -> Reason | None:
    """The first of the checks that no lead changes."""
    if client.status is not ClientStatus.ACTIVE:
        return _CLIENT[client.status]
    if account.status is not AccountStatus.OPEN:
        return _ACCOUNT[account.status]
    if not account.automated:
        return Reason.AUTOMATION_OFF
    return None if account.has_method else Reason.NO_DELIVERY_METHOD


def _slate(entries: Sequence[Entry], groups: int) -> Slate:
    able: list[set[int]] = [set() for _ in range(groups + 1)]
    for entry in entries:
        if entry.barred is None:
            able[entry.group].add(entry.client.id)
    return Slate(
        entries=tuple(entries),
        qualified=tuple(entry for entry in entries if entry.account.qualified is not None),
        able=tuple(frozenset(clients) for clients in able),
        pings=any(entry.account.ping for entry in entries),
    )


def _scene(key: str, plan: Plan, place: int, slates: Mapping[int, Slate], settings: Settings) -> Scene:
    inside = [entry for slate in slates.values() for entry in slate.entries if entry.group == place]
    active = {entry.client.id: entry.client for entry in inside if entry.client.status is ClientStatus.ACTIVE}
    trading = {entry.client.id for entry in inside if entry.account.status is AccountStatus.OPEN}
    values = {client: settings.values.get(client, NO_VALUES) for client in sorted(active)}
    return Scene(
        key=key,
        plan=plan,
        members={client: active[client].since for client in sorted(active)},
        weights=_sharing((client, value.weight) for client, value in values.items()),
        percentages=_sharing((client, value.percentage) for client, value in values.items() if client in trading),
    )


def _sharing(values: Iterable[tuple[int, Decimal | None]]) -> Sharing:
    weights = scaled(values)
    basis = blake2b(repr(sorted(weights.items())).encode(), digest_size=8).hexdigest() if weights else ""
    return Sharing(weights, basis)
