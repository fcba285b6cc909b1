"""Runs a day's steps in their order and tells each one's result."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from distribution.domain.retry import Outcome
from distribution.models import Delivery, Ping
from distribution.sandbox import build, steps
from distribution.sandbox.build import Rows
from distribution.sandbox.check import check
from distribution.sandbox.floor import build_floor
from distribution.sandbox.parts import ClientPart, Day
from distribution.sandbox.plans import Plans
from distribution.sandbox.result import NOTHING, Told, tell, tell_all, totals
from distribution.sandbox.steps import Step
from distribution.services.simulate import SimulatedAnswer, Simulation
from leads.enums import LeadStatus
from leads.models import Lead
from leads.services.drafts import Arrival

ANSWERS: dict[str, SimulatedAnswer] = {
    "accept": SimulatedAnswer(Outcome.ACCEPTED),
    "reject": SimulatedAnswer(Outcome.REJECTED),
    "fail": SimulatedAnswer(Outcome.NOT_SENT),
    "unknown": SimulatedAnswer(Outcome.IN_DOUBT),
    "bounce": SimulatedAnswer(Outcome.ACCEPTED, bounces=True),
}


AT_THE_PING: dict[str, SimulatedAnswer] = {
    "reject": SimulatedAnswer(Outcome.REJECTED),
    "fail": SimulatedAnswer(Outcome.NOT_SENT),
}
"""Whatever else it says is a yes at the ping, a bid where it names one, and its answer to the post."""


TOGETHER = 100
"""So many leads go through intake together, and are one transaction: nobody waits for it, and more costs more than it saves."""
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class Clients:
    """What the made-up clients say to successive offers, each account its own words, the last repeated."""

    def __init__(self) -> None:
        self.words: dict[int, tuple[str, ...]] = {}
        self.said: dict[int, int] = {}
        self.asked: dict[tuple[UUID, int], str] = {}
        """By lead and account: the words said at the ping, which are the answer to the post too."""

    def teach(self, account: int, words: tuple[str, ...]) -> None:
        """Give an account its answers; it begins with the first."""
        self.words[account], self.said[account] = words, 0

    def _next(self, account: int) -> str:
        words, said = self.words[account], self.said[account]
        self.said[account] = said + 1
        return words[min(said, len(words) - 1)]

    def ping(self, ping: Ping) -> SimulatedAnswer:
        """What it says when it is asked whether it would buy."""
        word = self.asked[ping.lead_id, ping.account_id] = self._next(ping.account_id)
        if bid := word.removeprefix("bid:") if word.startswith("bid:") else "":
            return SimulatedAnswer(Outcome.ACCEPTED, price=Decimal(bid))
        return AT_THE_PING.get(word, ANSWERS["accept"])

    def __call__(self, delivery: Delivery) -> SimulatedAnswer:
        if asked := self.asked.pop((delivery.lead_id, delivery.account_id), ""):
            return ANSWERS.get(asked, ANSWERS["accept"])
        word = self._next(delivery.account_id)
        if bid := word.removeprefix("bid:") if word.startswith("bid:") else "":
            return SimulatedAnswer(Outcome.ACCEPTED, price=Decimal(bid))
        return ANSWERS[word]


class Run:
    """One day under way, on empty tables."""

    def __init__(self, day: Day, planned: tuple[Step, ...]) -> None:
        self.planned = planned
        self.clients = Clients()
        self.simulation = Simulation(self.clients, bids=self.clients.ping)
        self.world = check(day)
        self.rows: Rows = build.build(day, self.world, now=planned[0].at if planned else NO_DAY)
        for client in day.clients:
            self._teach(client)
        self.floor = build_floor(day, now=planned[0].at if planned else NO_DAY)
        self.leads = 0
        self.plans = Plans()
        self.waiting: dict[int, tuple[Lead, Told]] = {}
        """By event: leads whose last offer waits for an opening."""

    def results(self) -> Iterator[dict[str, Any]]:
        """Yield what came of each step; ask for `later` and `totals` afterwards."""
        for together in _together(self.planned):
            self.plans.grown(self.leads)
            yield from self._take_leads(together) if isinstance(together[0].action, steps.TakeLead) else self._do(together[0])

    def _do(self, step: Step) -> Iterator[dict[str, Any]]:
        self.simulation.run_until(step.at)
        self.simulation.look_again()
        yield {"n": step.n, "do": step.do} | DOES[type(step.action)](self, step)

    def _take_leads(self, together: Sequence[Step]) -> Iterator[dict[str, Any]]:
        actions = [_as(step, steps.TakeLead) for step in together]
        arrivals = [Arrival(action.fields, at=step.at) for step, action in zip(together, actions, strict=True)]
        leads = self.simulation.receive_all(campaign=self.rows.campaigns[actions[0].campaign], arrivals=arrivals)
        came = [self._came(step, action, lead) for step, action, lead in zip(together, actions, leads, strict=True)]
        over = tell_all(self.simulation.taken_over(), self.rows)
        for step, action, (lead, became) in zip(together, actions, came, strict=True):
            told = {"n": step.n, "do": step.do, "lead": action.id, "status": lead.status} | ({"errors": lead.errors} if lead.errors else {})
            yield told | (became or over[lead.pk]).to_json()

    def later(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield, by event, what became until the end of the day of leads that were not through when they came in."""
        for number, (lead, before) in self.waiting.items():
            now = tell(lead, self.rows)
            if now != before:
                yield number, now.to_json()

    def totals(self) -> dict[str, Any]:
        return totals(self.leads, self.rows)

    def _teach(self, client: ClientPart) -> None:
        for account in client.accounts:
            self.clients.teach(self.rows.ids[client.name, account.name], account.answers)

    def _came(self, step: Step, action: steps.TakeLead, lead: Lead) -> tuple[Lead, Told | None]:
        """Say what became of a lead in the instant it came in; None for one that is over, and is told together with others."""
        self.leads += 1
        self.floor.came(action.id, lead)
        if lead.status != LeadStatus.ACCEPTED:
            return lead, NOTHING
        if lead.pk in self.simulation.over:
            return lead, None
        became = tell(lead, self.rows)
        if became.under_way:
            self.waiting[step.n] = (lead, became)
        return lead, became

    def set_client(self, step: Step) -> dict[str, Any]:
        client = _as(step, steps.SetClient).client
        self.world.clients[client.name] = client
        build.change_client(self.rows, client)
        return self._saved(step.at)

    def set_account(self, step: Step) -> dict[str, Any]:
        action = _as(step, steps.SetAccount)
        self.world.replace_account(action.client, action.account)
        build.change_account(self.rows, action.client, action.account)
        if action.new_answers:
            self.clients.teach(self.rows.ids[action.client, action.account.name], action.account.answers)
        return self._saved(step.at)

    def set_settings(self, step: Step) -> dict[str, Any]:
        self.world.settings = _as(step, steps.SetSettings).settings
        return self._saved(step.at)

    def set_campaign(self, step: Step) -> dict[str, Any]:
        build.change_campaign(self.rows, _as(step, steps.SetCampaign).campaign)
        return {}

    def create_client(self, step: Step) -> dict[str, Any]:
        client = _as(step, steps.CreateClient).client
        self.world.clients[client.name] = client
        build.add_clients(self.rows, [client])
        self._teach(client)
        return self._saved(step.at)

    def delete_client(self, step: Step) -> dict[str, Any]:
        name = _as(step, steps.DeleteClient).name
        del self.world.clients[name]
        build.delete_client(self.rows, name, now=step.at)
        return {}

    def pull(self, step: Step) -> dict[str, Any]:
        return self.floor.pull(_as(step, steps.Pull).user, now=step.at)

    def dispose(self, step: Step) -> dict[str, Any]:
        return self.floor.dispose(_as(step, steps.Dispose), now=step.at)

    def set_user(self, step: Step) -> dict[str, Any]:
        self.floor.set_user(_as(step, steps.SetUser).user)
        return {}

    def set_strategy(self, step: Step) -> dict[str, Any]:
        self.floor.set_strategy(_as(step, steps.SetStrategy).strategy, now=step.at)
        return {}

    def rebuild(self, step: Step) -> dict[str, Any]:
        return self.floor.rebuild(now=step.at)

    def _saved(self, now: datetime) -> dict[str, Any]:
        build.save_settings(self.rows, now=now)
        return {}


def _together(planned: Iterable[Step]) -> Iterator[Sequence[Step]]:
    """Yield leads of one campaign that follow each other, at most so many, and everything else by itself."""
    leads: list[Step] = []
    for step in planned:
        campaign = step.action.campaign if isinstance(step.action, steps.TakeLead) else None
        if leads and (len(leads) == TOGETHER or campaign != _as(leads[0], steps.TakeLead).campaign):
            yield leads
            leads = []
        if campaign is None:
            yield [step]
        else:
            leads.append(step)
    if leads:
        yield leads


def _as[T](step: Step, kind: type[T]) -> T:
    assert isinstance(step.action, kind)  # noqa: S101 -- DOES chose by the kind
    return step.action


DOES: dict[type, Callable[[Run, Step], dict[str, Any]]] = {
    steps.SetClient: Run.set_client,
    steps.SetAccount: Run.set_account,
    steps.SetSettings: Run.set_settings,
    steps.SetCampaign: Run.set_campaign,
    steps.CreateClient: Run.create_client,
    steps.DeleteClient: Run.delete_client,
    steps.Pull: Run.pull,
    steps.Dispose: Run.dispose,
    steps.SetUser: Run.set_user,
    steps.SetStrategy: Run.set_strategy,
    steps.Rebuild: Run.rebuild,
}
