"""Events as steps: what each refers to is found, and what it changes is judged, before the first of them is run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from distribution.sandbox.check import check, check_strategy
from distribution.sandbox.mistake import Mistake
from distribution.sandbox.parse import created, settable
from distribution.sandbox.parts import AccountPart, CampaignPart, ClientPart, Day, Event, SettingsPart
from distribution.sandbox.parts_people import PullPart, PushPart, UserPart
from distribution.sandbox.world import World
from pullqueue.shipped import DISPOSITIONS


@dataclass(frozen=True, slots=True)
class TakeLead:
    id: str
    campaign: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetClient:
    client: ClientPart


@dataclass(frozen=True, slots=True)
class SetAccount:
    client: str
    account: AccountPart
    new_answers: bool


@dataclass(frozen=True, slots=True)
class SetSettings:
    settings: SettingsPart


@dataclass(frozen=True, slots=True)
class SetCampaign:
    campaign: CampaignPart


@dataclass(frozen=True, slots=True)
class CreateClient:
    client: ClientPart


@dataclass(frozen=True, slots=True)
class DeleteClient:
    name: str


@dataclass(frozen=True, slots=True)
class Pull:
    user: str


@dataclass(frozen=True, slots=True)
class Dispose:
    user: str
    lead: str
    disposition: str
    callback_at: datetime | None = None
    to_user: str | None = None
    to_branch: str | None = None


@dataclass(frozen=True, slots=True)
class SetUser:
    user: UserPart


@dataclass(frozen=True, slots=True)
class SetStrategy:
    strategy: PushPart | PullPart


@dataclass(frozen=True, slots=True)
class Rebuild:
    """All open leads are judged anew."""


type Action = (
    TakeLead
    | SetClient
    | SetAccount
    | SetSettings
    | SetCampaign
    | CreateClient
    | DeleteClient
    | Pull
    | Dispose
    | SetUser
    | SetStrategy
    | Rebuild
)


@dataclass(frozen=True, slots=True)
class Step:
    n: int
    at: datetime
    do: str
    action: Action


def plan(day: Day) -> tuple[Step, ...]:
    """Return the whole day's steps. Raises Mistake."""
    planner = Planner(day, check(day))
    return tuple(planner.step(number, event) for number, event in enumerate(day.events))


class Planner:
    """Goes through the events in their order and keeps the world as each of them leaves it."""

    def __init__(self, day: Day, world: World) -> None:
        self.world = world
        self.leads: set[str] = set()
        self.people: dict[str, dict[str, Any]] = {
            "user": {one.name: one for one in day.users},
            "disposition": {one["name"]: one for one in DISPOSITIONS} | {one.name: one for one in day.dispositions},
            "strategy": {one.name: one for one in (*day.push_strategies, *day.pull_strategies)},
        }
        self.branches = {one.name for one in day.branches}
        self.last: datetime | None = None

    def step(self, number: int, event: Event) -> Step:
        if self.last is not None and event.at < self.last:
            raise Mistake(f"{event.place}.at", f"Time does not go back: the event before is at {self.last.isoformat()}.")
        self.last = event.at
        return Step(number, event.at, event.do, PLANS[event.do](self, event))

    def take_lead(self, event: Event) -> Action:
        name = event.words["id"]
        if name in self.leads:
            raise Mistake(f"{event.place}.id", f"{name} came in before. Choose another id.")
        self.leads.add(name)
        campaigns = self.world.campaigns
        campaign = event.words.get("campaign")
        if campaign is None and len(campaigns) > 1:
            raise Mistake(f"{event.place}.campaign", f"Name one of: {', '.join(campaigns)}.")
        campaign = campaign or next(iter(campaigns))
        known(campaigns, campaign, f"{event.place}.campaign")
        return TakeLead(name, campaign, event.words["fields"])

    def pull(self, event: Event) -> Action:
        known(self.people["user"], event.words["user"], f"{event.place}.user")
        return Pull(event.words["user"])

    def dispose(self, event: Event) -> Action:
        for kind in ("user", "disposition"):
            known(self.people[kind], event.words[kind], f"{event.place}.{kind}")
        if event.words["lead"] not in self.leads:
            raise Mistake(f"{event.place}.lead", "No lead with this id has come in by then.")
        words = {key: value for key, value in event.words.items() if value is not None}
        if "to_user" in words:
            known(self.people["user"], words["to_user"], f"{event.place}.to_user")
        if "to_branch" in words and words["to_branch"] not in self.branches:
            raise Mistake(f"{event.place}.to_branch", "No such branch.")
        if "to_user" in words and "to_branch" in words:
            raise Mistake(f"{event.place}.to_branch", "Say one user or one branch, not both.")
        return Dispose(**words)

    def rebuild(self, _event: Event) -> Action:
        return Rebuild()

    def create_client(self, event: Event) -> Action:
        place = f"{event.place}.client"
        client = created(event.words["client"], place)
        if client.name in self.world.clients:
            raise Mistake(f"{place}.name", f"{client.name} is there already. Choose another name.")
        self.world.refuse_wrong_client(client, place)
        self.world.clients[client.name] = client
        self.world.refuse_impossible_settings(place)
        return CreateClient(client)

    def delete_client(self, event: Event) -> Action:
        given = event.words["client"]
        name = given.get("name") if isinstance(given, Mapping) else given
        client = known(self.world.clients, name, f"{event.place}.client")
        del self.world.clients[client.name]
        return DeleteClient(client.name)

    def change(self, event: Event) -> Action:
        targets = [name for name in CHANGES if name in event.words and not (name == "client" and "account" in event.words)]
        if len(targets) != 1:
            raise Mistake(event.place, f"Say what changes by one of: {', '.join(CHANGES)}.")
        inline = event.words.get("settings")
        if "set" not in event.words and not isinstance(inline, Mapping):
            raise Mistake(f"{event.place}.set", "Needed here.")
        return CHANGES[targets[0]](self, event)

    def change_client(self, event: Event) -> Action:
        before = known(self.world.clients, event.words["client"], f"{event.place}.client")
        client = replace(before, **settable("client", event.words["set"], f"{event.place}.set"))
        self.world.refuse_wrong_client(client, f"{event.place}.set")
        self.world.clients[client.name] = client
        self.world.refuse_impossible_settings(f"{event.place}.set")
        return SetClient(client)

    def change_account(self, event: Event) -> Action:
        if "client" not in event.words:
            raise Mistake(f"{event.place}.client", "Name the account's client too.")
        client = known(self.world.clients, event.words["client"], f"{event.place}.client")
        accounts = {one.name: one for one in client.accounts}
        before = known(accounts, event.words["account"], f"{event.place}.account")
        new = settable("account", event.words["set"], f"{event.place}.set")
        account = replace(before, **new)
        self.world.refuse_wrong_account(account, f"{event.place}.set")
        self.world.replace_account(client.name, account)
        self.world.refuse_impossible_settings(f"{event.place}.set")
        return SetAccount(client.name, account, "answers" in new)

    def change_settings(self, event: Event) -> Action:
        inline = event.words["settings"]
        given = {**(inline if isinstance(inline, Mapping) else {}), **event.words.get("set", {})}
        place = f"{event.place}.set" if "set" in event.words else f"{event.place}.settings"
        self.world.settings = replace(self.world.settings, **settable("settings", given, place))
        self.world.refuse_impossible_settings(place)
        for campaign in self.world.campaigns.values():
            self.world.refuse_wrong_campaign(campaign, place)
        return SetSettings(self.world.settings)

    def change_campaign(self, event: Event) -> Action:
        before = known(self.world.campaigns, event.words["campaign"], f"{event.place}.campaign")
        campaign = replace(before, **settable("campaign", event.words["set"], f"{event.place}.set"))
        self.world.refuse_wrong_campaign(campaign, f"{event.place}.set")
        self.world.campaigns[campaign.name] = campaign
        return SetCampaign(campaign)

    def change_user(self, event: Event) -> Action:
        before = known(self.people["user"], event.words["user"], f"{event.place}.user")
        after = replace(before, **settable("user", event.words["set"], f"{event.place}.set"))
        if after.branch is not None and after.branch not in self.branches:
            raise Mistake(f"{event.place}.set.branch", "No such branch.")
        self.people["user"][after.name] = after
        return SetUser(after)

    def change_strategy(self, event: Event) -> Action:
        before = known(self.people["strategy"], event.words["strategy"], f"{event.place}.strategy")
        kind = "pull_strategy" if isinstance(before, PullPart) else "push_strategy"
        after = replace(before, **settable(kind, event.words["set"], f"{event.place}.set"))
        check_strategy(after, self.world, f"{event.place}.set")
        for count, recipient in enumerate(after.recipients):
            if recipient not in self.people["user"] and recipient not in self.branches:
                raise Mistake(f"{event.place}.set.recipients[{count}]", "No such user or branch.")
        self.people["strategy"][after.name] = after
        return SetStrategy(after)


def known[T](things: Mapping[str, T], name: Any, place: str) -> T:
    if not isinstance(name, str) or name not in things:
        raise Mistake(place, f"Not known then. There are: {', '.join(things) or 'none'}.")
    return things[name]


PLANS: dict[str, Callable[[Planner, Event], Action]] = {
    "lead": Planner.take_lead,
    "pull": Planner.pull,
    "dispose": Planner.dispose,
    "change": Planner.change,
    "create_client": Planner.create_client,
    "delete_client": Planner.delete_client,
    "rebuild": Planner.rebuild,
}
CHANGES: dict[str, Callable[[Planner, Event], Action]] = {
    "client": Planner.change_client,
    "account": Planner.change_account,
    "strategy": Planner.change_strategy,
    "settings": Planner.change_settings,
    "campaign": Planner.change_campaign,
    "user": Planner.change_user,
}
