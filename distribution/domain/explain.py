"""Says a trace in sentences; they live here and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from distribution.domain.automation import Automation, Plan
from distribution.domain.reasons import Reason
from distribution.domain.step import Candidate, DecidedBy, OfferOutcome, Stop
from distribution.domain.words import PHRASES, WINDOWS, count, joined, named, ordinal
from leads.domain.criteria import Failure
from leads.domain.criteria_words import say


@dataclass(frozen=True, slots=True)
class Names:
    """What people call clients and accounts, and the sign before money."""

    clients: Mapping[int, str] = field(default_factory=dict)
    accounts: Mapping[int, str] = field(default_factory=dict)
    money: str = "$"
    zones: Mapping[int, str] = field(default_factory=dict)
    """Time zone of each account's schedule; without one the offset from UTC is shown."""

    def client(self, number: int) -> str:
        return named(self.clients, number, "Client")

    def account(self, number: int) -> str:
        return named(self.accounts, number, "Account")

    def price(self, amount: str) -> str:
        return f"{self.money}{amount}"


def sentence(candidate: Candidate, names: Names, *, now: datetime | None = None, plan: Plan | None = None) -> str:
    """What happened to the candidate, such as "B was skipped: 10 of 10 leads today, reopens Tue 00:00 America/Chicago".

    `now` adds the date to times more than six days away; `plan` names the automation that ranked.
    """
    who = names.client(candidate.client)
    if candidate.reason is not None:
        return f"{who} was skipped: {_why(candidate, names, now)}."
    if candidate.offer is None:
        behind = (candidate.detail or {}).get("behind")
        if behind is not None:
            return f"{who} was not reached with {names.account(candidate.account)}, which stands behind {names.account(behind)}."
        return f"{who} was {ordinal(candidate.rank or 0)} in order{_keys(candidate, plan)} and was not reached."
    return f"{who} was {ordinal(candidate.rank or 0)} in order{_keys(candidate, plan)} and {_OUTCOMES[candidate.offer]}."


_OUTCOMES: dict[OfferOutcome, str] = {
    OfferOutcome.OPEN: "has the offer",
    OfferOutcome.ACCEPTED: "accepted",
    OfferOutcome.REJECTED: "refused",
    OfferOutcome.FAILED: "did not get it",
    OfferOutcome.UNKNOWN: "left in doubt whether it took the lead",
    OfferOutcome.BOUNCED: "accepted, but the mail bounced",
    OfferOutcome.RETURNED: "bought the lead and returned it",
    OfferOutcome.CANCELLED: "had its delivery cancelled",
}


def _keys(candidate: Candidate, plan: Plan | None, write: Callable[[str], str] = str) -> str:
    """The keys in words, such as " (owed 0.61, then price 25.00; decided by weighted)"."""
    told = "; ".join(part for part in (_key_list(candidate, plan, write), _decided(candidate.decided_by, plan)) if part)
    return f" ({told})" if told else ""


def _key_list(candidate: Candidate, plan: Plan | None, write: Callable[[str], str]) -> str:
    keys = candidate.keys or {}
    chosen = (("primary", plan.automation if plan else None), ("secondary", plan.secondary if plan else None))
    return ", then ".join(_KEY_WORDS[kind].format(write(value)) for name, kind in chosen if (value := keys.get(name)) is not None)


def keys_said(candidate: Candidate, plan: Plan | None) -> str:
    """The keys for a column of their own, at two decimals: "owed 0.61, then price 25.00, due within 0.66 leads"."""
    due = (candidate.detail or {}).get("due_within")
    parts = [_key_list(candidate, plan, short).replace("owed -", "ahead "), f"due within {due} leads" if due is not None else ""]
    return ", ".join(part for part in parts if part)


def keys_in_order(candidate: Candidate, plan: Plan) -> str:
    """The keys at two decimals with what decided, to stand in a sentence: " (owed 0.61, then price 25.00; decided by weighted)"."""
    return _keys(candidate, plan, short).replace("(owed -", "(ahead ")


def short(value: str) -> str:
    """A key as people read it: at most two decimals."""
    whole, _, decimals = value.partition(".")
    return f"{float(value):.2f}" if len(decimals) > 2 and whole.lstrip("-").isdigit() else value


def decided_said(candidate: Candidate, plan: Plan | None) -> str:
    """What fixed the rank, for a column of its own: "Weighted", "Then price", "Entry order", "The only one"."""
    if candidate.decided_by is None:
        return "Stands behind" if (candidate.detail or {}).get("behind") is not None else ""
    told = _decided(candidate.decided_by, plan).removeprefix("decided by ")
    return f"Then {told}" if candidate.decided_by is DecidedBy.SECONDARY else told[:1].upper() + told[1:]


_KEY_WORDS: dict[Automation | None, str] = {
    None: "{}",
    Automation.PRICE: "price {}",
    Automation.PRIORITY: "priority {}",
    Automation.ROUND_ROBIN: "last turn {}",
    Automation.WEIGHTED: "owed {}",
    Automation.PERCENTAGE: "owed {}",
    Automation.GEOLOCATION: "{} miles away",
}


def _decided(decided_by: DecidedBy | None, plan: Plan | None) -> str:
    if decided_by is None:
        return ""
    if decided_by is DecidedBy.ONLY:
        return "the only one"
    chosen = {DecidedBy.PRIMARY: plan and plan.automation, DecidedBy.SECONDARY: plan and plan.secondary}
    return f"decided by {(chosen.get(decided_by) or decided_by).value.replace('_', ' ')}"


type _Detail = Mapping[str, Any]


def skipped_said(candidate: Candidate, names: Names, *, now: datetime | None = None) -> str:
    """Why the candidate was skipped, as a sentence of its own: "10 of 10 leads today, reopens Tue 00:00 America/Chicago."."""
    told = _why(candidate, names, now)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _why(candidate: Candidate, names: Names, now: datetime | None) -> str:
    detail = candidate.detail or {}
    teller = _TELLERS.get(candidate.reason) if candidate.reason else None
    if teller is not None and detail:
        return teller({"zone": names.zones.get(candidate.account)} | detail, names, now)
    return _PLAIN[candidate.reason] if candidate.reason else ""


def _criteria(detail: _Detail, _names: Names, _now: datetime | None) -> str:
    return say(Failure.from_json({name: value for name, value in detail.items() if name != "zone"}))


def _when(text: str | None, zone: str | None, now: datetime | None) -> str:
    """`Tue 00:00 America/Chicago`, with the date when it is more than six days away."""
    if text is None:
        return ""
    at = datetime.fromisoformat(text)
    zone = zone or str(at.tzinfo)
    far = now is not None and at - now > timedelta(days=6)
    return f"{at:%a} {at.day} {at:%b} {at:%H:%M} {zone}" if far else f"{at:%a %H:%M} {zone}"


def _schedule(detail: _Detail, _names: Names, now: datetime | None) -> str:
    opens = _when(detail["opens"], detail["zone"], now)
    return f"closed now, opens {opens}" if opens else "closed, with no opening within a year"


def _cap(window: str) -> Callable[[_Detail, Names, datetime | None], str]:
    def tell(detail: _Detail, names: Names, now: datetime | None) -> str:
        reopens = _when(detail["reopens"], detail["zone"], now)
        whose = "" if detail["whose"] == "client" else ", a limit of the account"
        again = f", reopens {reopens}" if reopens else ""
        if "price" in detail:
            used, limit, price = (names.price(detail[key]) for key in ("used", "limit", "price"))
            return f"{used} of {limit} {window}, and the lead costs {price}{whose}{again}"
        return f"{detail['used']} of {detail['limit']} leads {window}{whose}{again}"

    return tell


def _qualified(detail: _Detail, _names: Names, _now: datetime | None) -> str:
    window = WINDOWS[detail["window"]]
    having = f"with this lead it would have {detail['bought'] + 1} of the {detail['met']} leads it could buy {window}"
    return f"{having}, more than {detail['percent']} %"


def _margin(detail: _Detail, names: Names, _now: datetime | None) -> str:
    what = detail["what"].replace("_percent", "")
    required = f"{detail['required']} %" if detail["what"].endswith("percent") else names.price(detail["required"])
    spread = f" over {detail['deliveries']} deliveries" if detail["deliveries"] > 1 else ""
    return f"{names.price(detail['price'])} for a lead that cost {names.price(detail['cost'])}{spread} leaves less {what} than {required}"


def _bid(detail: _Detail, names: Names, now: datetime | None) -> str:
    if "least" in detail:
        return f"bid {names.price(detail['bid'])}, less than {names.price(detail['least'])}"
    return f"bid too low: {_margin(detail, names, now)}"


def _pinged(plain: str) -> Callable[[_Detail, Names, datetime | None], str]:
    def tell(detail: _Detail, _names: Names, _now: datetime | None) -> str:
        return f"{plain}: {note.rstrip('.')}" if (note := detail.get("note")) else plain

    return tell


def _reached(detail: _Detail, names: Names, now: datetime | None) -> str:
    ends = _when(detail["ends"], detail["zone"], now)
    waiting = names.client(detail["waiting_for"])
    return f"at its {detail['percentage']} % of the {detail['timeframe']}, which ends {ends}; the leads wait for {waiting}"


def _circuit(detail: _Detail, _names: Names, now: datetime | None) -> str:
    return f"paused after failures until {_when(detail['until'], detail['zone'], now)}"


def _optimized(better: str) -> Callable[[_Detail, Names, datetime | None], str]:
    def tell(detail: _Detail, names: Names, _now: datetime | None) -> str:
        exclusive, shared = names.price(detail["exclusive"]), names.price(detail["shared"])
        return f"the lead is offered {better}, at {exclusive} exclusively against {shared} shared"

    return tell


_TELLERS: dict[Reason, Callable[[_Detail, Names, datetime | None], str]] = {
    Reason.CRITERIA: _criteria,
    Reason.SCHEDULE_CLOSED: _schedule,
    Reason.CAP_HOUR: _cap(WINDOWS["hour"]),
    Reason.CAP_DAY: _cap(WINDOWS["day"]),
    Reason.CAP_WEEK: _cap(WINDOWS["week"]),
    Reason.CAP_MONTH: _cap(WINDOWS["month"]),
    Reason.CAP_TOTAL: _cap(WINDOWS["total"]),
    Reason.BUDGET_DAY: _cap(WINDOWS["day"]),
    Reason.BUDGET_MONTH: _cap(WINDOWS["month"]),
    Reason.QUALIFIED_SHARE: _qualified,
    Reason.MARGIN: _margin,
    Reason.PING_REJECTED: _pinged("it refused the ping"),
    Reason.PING_TIMEOUT: _pinged("it gave no usable answer to the ping"),
    Reason.BID_TOO_LOW: _bid,
    Reason.PERCENTAGE_REACHED: _reached,
    Reason.CIRCUIT_OPEN: _circuit,
    Reason.EXCLUSIVE_ONLY: _optimized("exclusively"),
    Reason.ALREADY_SOLD_SHARED: _optimized("shared"),
}
_PLAIN: dict[Reason, str] = {
    Reason.CLIENT_INACTIVE: "the client is not active",
    Reason.CLIENT_PAUSED: "the client is paused",
    Reason.ACCOUNT_CLOSED: "the account is closed",
    Reason.ACCOUNT_PAUSED: "the account is paused",
    Reason.AUTOMATION_OFF: "automated delivery is switched off on the account",
    Reason.NO_DELIVERY_METHOD: "no delivery method is enabled",
    Reason.NOT_IN_GROUP: "the campaign sells only to a client group that it is not in",
    Reason.SUPPRESSED: "the person became do-not-call or was erased after the lead came in",
    Reason.REFUSED_BEFORE: "it was offered this lead already",
    Reason.CRITERIA: "the lead does not meet its criteria",
    Reason.DUPLICATE_FOR_CLIENT: "it bought the same person within its duplicate window",
    Reason.SCHEDULE_CLOSED: "closed now",
    Reason.PING_REJECTED: "it refused the ping",
    Reason.PING_TIMEOUT: "it did not answer the ping in time",
    Reason.WEIGHT_MISSING: "weighted is in force and the client has no weight",
    Reason.PERCENTAGE_MISSING: "percentage is in force and the client has no percentage",
    Reason.EXCLUSIVE_ONLY: "the lead is offered exclusively",
    Reason.ALREADY_SOLD_SHARED: "the lead was sold shared, and this account buys exclusively",
}
_ENDS: dict[Stop, str] = {
    Stop.OFFER: "The offer is under way; who comes next is decided with the answer.",
    Stop.UNDER_WAY: "The offer is under way; who comes next is decided with the answer.",
    Stop.PING: "Pings are out; the ranking begins with their answers.",
    Stop.SOLD_EXCLUSIVELY: "The lead was sold exclusively, so the scan stopped.",
    Stop.IN_DOUBT: "The delivery is in doubt, so the lead goes to nobody else until a person decides.",
}


def summary(
    candidates: Sequence[Candidate],
    stop: Stop,
    names: Names,
    *,
    max_deliveries: int = 1,
    prices: Mapping[int, str] | None = None,
    reasons: Mapping[int, str] | None = None,
    plans: Mapping[int, Plan] | None = None,
    beside: Mapping[int, str] | None = None,
) -> tuple[str, ...]:
    """The trace as the few sentences at the top of a lead's page.

    By account: `prices` of the sales, `reasons` that clients gave when they refused, the `plans` that ranked, and sentences
    that stand `beside` what the trace says of an offer (its tries, what it waits for).
    """
    offers = [line for line in candidates if line.offer is not None]
    lines = [beginning(candidates)]
    prices, reasons, plans, beside = prices or {}, reasons or {}, plans or {}, beside or {}
    lines += [
        offer_said(
            line,
            names,
            price=prices.get(line.account, ""),
            said=reasons.get(line.account, ""),
            plan=plans.get(line.account),
            beside=beside.get(line.account, ""),
        )
        for line in offers
    ]
    unreached = [names.client(line.client) for line in candidates if line.rank is not None and line.offer is None]
    lines.append(_end(stop, max_deliveries, list(dict.fromkeys(unreached)), tried=bool(offers)))
    return tuple(lines)


def why_nobody(candidates: Sequence[Candidate]) -> str:
    """Why a distribution sold nothing, in one line: "2 used up their day caps and 1 refused". Empty when it found a buyer."""
    counted: dict[str, int] = {}
    for line in candidates:
        if line.reason is not None:
            counted[line.reason.value] = counted.get(line.reason.value, 0) + 1
    parts = [f"{number} {PHRASES[Reason(reason)][number > 1]}" for reason, number in sorted(counted.items(), key=_most_first)]
    for outcome, words in _TURNED_DOWN.items():
        number = sum(line.offer is outcome for line in candidates)
        parts += [f"{number} {words}"] if number else []
    return joined(parts) if parts else "no account buys this type of lead"


def _most_first(item: tuple[str, int]) -> tuple[int, int]:
    return -item[1], _CHECK_ORDER[Reason(item[0])]


_TURNED_DOWN: dict[OfferOutcome, str] = {
    OfferOutcome.REJECTED: "refused",
    OfferOutcome.FAILED: "did not get it",
    OfferOutcome.BOUNCED: "bounced",
    OfferOutcome.CANCELLED: "cancelled",
}


def beginning(candidates: Sequence[Candidate]) -> str:
    """How many there were, and how many were skipped for what."""
    skipped: dict[Reason, int] = {}
    for line in candidates:
        if line.reason is not None:
            skipped[line.reason] = skipped.get(line.reason, 0) + 1
    if not candidates:
        return "No account buys this type of lead."
    total = len(candidates)
    begin = f"{count(total).capitalize()} {'account was a candidate' if total == 1 else 'accounts were candidates'}."
    if not skipped:
        return f"{begin} None was skipped."
    parts = [f"{count(number)} {PHRASES[reason][number > 1]}" for reason, number in sorted(skipped.items(), key=_by_check)]
    number = sum(skipped.values())
    return f"{begin} {count(number).capitalize()} {'was' if number == 1 else 'were'} skipped: {joined(parts)}."


_CHECK_ORDER = {reason: place for place, reason in enumerate(Reason)}


def _by_check(item: tuple[Reason, int]) -> int:
    return _CHECK_ORDER[item[0]]


def offer_said(line: Candidate, names: Names, *, price: str = "", said: str = "", plan: Plan | None = None, beside: str = "") -> str:
    """What became of one offer: "B was second in order (owed 0.61; decided by weighted) and accepted for $42.00."."""
    outcome = _OUTCOMES[line.offer] if line.offer else ""
    if line.offer is OfferOutcome.ACCEPTED and price:
        outcome = f"{outcome} for {names.price(price)}"
    reason = f": {said}" if said else ""
    back = " Its place in caps and shares was given back." if line.offer in _GIVEN_BACK else ""
    keys = keys_in_order(line, plan) if plan is not None else ""
    more = f" {beside}" if beside else ""
    return f"{names.client(line.client)} was {ordinal(line.rank or 0)} in order{keys} and {outcome}{reason}.{more}{back}"


_WAITING = frozenset({Stop.OFFER, Stop.UNDER_WAY, Stop.PING})
_GIVEN_BACK = frozenset({OfferOutcome.REJECTED, OfferOutcome.FAILED, OfferOutcome.BOUNCED, OfferOutcome.RETURNED})


def _end(stop: Stop, max_deliveries: int, unreached: Sequence[str], *, tried: bool) -> str:
    rest = f" {joined(unreached)} {'was' if len(unreached) == 1 else 'were'} not offered it." if unreached else ""
    if stop is Stop.SOLD_ENOUGH:
        times = {1: "once", 2: "twice"}.get(max_deliveries, f"{count(max_deliveries)} times")
        return f"The campaign sells a lead {times}, so the scan stopped.{rest}"
    if stop in _WAITING and unreached:
        return f"{_ENDS[stop]} As things stand {joined(unreached)} would follow."
    if stop is Stop.NOBODY_LEFT:
        return "Nobody else could take the lead." if tried else "Nobody could take the lead."
    return f"{_ENDS[stop]}{rest}"
