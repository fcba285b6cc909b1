"""The made-up world as the file has it at one moment: its parts by name, and the settings that follow from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from distribution.domain.settings import Group, Settings, Values
from distribution.domain.settings_check import Ordering, problems
from distribution.sandbox.mistake import Mistake
from distribution.sandbox.parts import AccountPart, CampaignPart, ClientPart, Day, GroupPart, LeadTypePart, SettingsPart
from leads.domain.criteria import STANDARD, FieldSpec, Kind, check

type Owner = str | tuple[str, str]
"""A client by its name, or an account by the names of its client and its own."""


@dataclass(slots=True)
class World:
    settings: SettingsPart
    groups: tuple[GroupPart, ...]
    lead_types: dict[str, LeadTypePart]
    campaigns: dict[str, CampaignPart]
    clients: dict[str, ClientPart]
    """In entry order."""
    client_groups: frozenset[str]

    @classmethod
    def of(cls, day: Day) -> "World":
        return cls(
            day.settings,
            day.delivery_groups,
            {one.name: one for one in day.lead_types},
            {one.name: one for one in day.campaigns},
            {one.name: one for one in day.clients},
            frozenset(_client_groups(day)),
        )

    def replace_account(self, client: str, account: AccountPart) -> None:
        owner = self.clients[client]
        accounts = tuple(account if one.name == account.name else one for one in owner.accounts)
        self.clients[client] = replace(owner, accounts=accounts)

    def lead_type(self, name: str | None) -> str:
        return next(iter(self.lead_types)) if name is None else name

    def live_settings(self, ids: Mapping[Owner, int]) -> Settings:
        """Return the settings of the page, given the ids of clients and accounts."""
        values = {ids[client.name]: Values(client.priority, client.weight, client.percentage) for client in self.clients.values()}
        return Settings(
            **{part.name: getattr(self.settings, part.name) for part in fields(self.settings)},
            groups=tuple(self._group(number, group, ids) for number, group in enumerate(self.groups)),
            values={client: value for client, value in values.items() if value != Values()},
        )

    def _group(self, number: int, group: GroupPart, ids: Mapping[Owner, int]) -> Group:
        clients = self.clients.values()
        return Group(
            key=f"g{number + 1}",
            name=group.name,
            automation=group.automation,
            secondary=group.secondary,
            base_automation=group.base_automation,
            client_ids=tuple(ids[client.name] for client in clients if client.group == group.name),
            account_ids=tuple(ids[client.name, one.name] for client in clients for one in client.accounts if one.group == group.name),
        )

    def numbered(self) -> dict[Owner, int]:
        """Return made-up ids, by which problems of the settings can be traced to their clients."""
        owners: list[Owner] = []
        for client in self.clients.values():
            owners += [client.name, *((client.name, account.name) for account in client.accounts)]
        return {owner: number for number, owner in enumerate(owners)}

    def refuse_impossible_settings(self, place: str | None = None) -> None:
        """Raise Mistake for settings that the page would refuse; `place` is where they were changed, if they were."""
        ids = self.numbered()
        for found, message in self._impossible(self.live_settings(ids), ids):
            raise Mistake(place or found, message)

    def _impossible(self, settings: Settings, ids: Mapping[Owner, int]) -> Iterator[tuple[str, str]]:
        """Yield place and message: of the settings alone, of each campaign's override, and of both together."""
        alone = replace(settings, price_optimization=False)
        overrides = [(number, Ordering("", one.automation, None)) for number, one in enumerate(self.campaigns.values()) if one.automation]
        for problem in problems(alone):
            yield self._place(problem.field, ids), problem.message
        for number, override in overrides:
            for problem in problems(alone, [override]):
                yield f"campaigns[{number}].automation", problem.message
        for problem in problems(settings, [override for _, override in overrides]):
            yield self._place(problem.field, ids), problem.message

    def _place(self, field: str, ids: Mapping[Owner, int]) -> str:
        head, *rest = field.split(".")
        if head.startswith("groups["):
            return f"delivery_{field}"
        if head != "values":
            return f"settings.{field}"
        if not rest:
            return "settings.automation"
        owner = next(owner for owner, number in ids.items() if number == int(rest[0]))
        return f"clients[{list(self.clients).index(str(owner))}].{rest[1]}"

    def fields(self, lead_type: str | None) -> dict[str, FieldSpec]:
        """Return what criteria may name for leads of the type; for no type in particular, what any type has."""
        types = [self.lead_types[lead_type]] if lead_type else list(self.lead_types.values())
        own = {
            field.name: FieldSpec(field.name, Kind(field.kind), field.label or field.name, field.choices)
            for one in types
            for field in one.fields
        }
        return own | STANDARD

    def refuse_wrong_criteria(self, criteria: Any, lead_type: str | None, place: str) -> None:
        for problem in check(criteria, self.fields(lead_type)):
            raise Mistake(f"{place}.{problem.path}" if problem.path else place, problem.message)

    def refuse_wrong_client(self, client: ClientPart, place: str) -> None:
        if (client.latitude is None) != (client.longitude is None):
            missing = "latitude" if client.latitude is None else "longitude"
            raise Mistake(f"{place}.{missing}", "Give latitude and longitude together, or neither.")
        self._refuse_unknown_group(client.group, place)
        refuse_twice([account.name for account in client.accounts], f"{place}.accounts")
        for number, account in enumerate(client.accounts):
            self.refuse_wrong_account(account, f"{place}.accounts[{number}]")

    def refuse_wrong_account(self, account: AccountPart, place: str) -> None:
        self.refuse_unknown_type(account.lead_type, place)
        self._refuse_unknown_group(account.group, place)
        self.refuse_wrong_criteria(account.criteria, self.lead_type(account.lead_type), f"{place}.criteria")

    def refuse_unknown_type(self, name: str | None, place: str) -> None:
        if name is not None and name not in self.lead_types:
            raise Mistake(f"{place}.lead_type", f"No such lead type. There are: {', '.join(self.lead_types)}.")

    def _refuse_unknown_group(self, name: str | None, place: str) -> None:
        known = [group.name for group in self.groups]
        if name is not None and name not in known:
            raise Mistake(f"{place}.group", f"No such delivery group. There are: {', '.join(known) or 'none'}.")

    def refuse_wrong_campaign(self, campaign: CampaignPart, place: str) -> None:
        self.refuse_unknown_type(campaign.lead_type, place)
        if campaign.client_group is not None and campaign.client_group not in self.client_groups:
            raise Mistake(f"{place}.client_group", "No client is in this group. Name it in the `groups` of a client.")
        if len(set(campaign.routes)) < len(campaign.routes):
            raise Mistake(f"{place}.routes", "Name each route once.")
        if campaign.automation is not None:
            secondary = campaign.secondary or self.settings.secondary
            ordered = SettingsPart(automation=campaign.automation, secondary=secondary)
            self._refuse_ordering(ordered, campaign, place)

    @staticmethod
    def _refuse_ordering(ordered: SettingsPart, campaign: CampaignPart, place: str) -> None:
        secondary = ordered.secondary if campaign.secondary or ordered.secondary != ordered.automation else None
        everyone = {1: Values(weight=Decimal(1), percentage=Decimal(100))}
        for problem in problems(Settings(automation=ordered.automation, secondary=secondary, values=everyone)):
            raise Mistake(f"{place}.{problem.field}", problem.message)


def _client_groups(day: Day) -> Iterator[str]:
    """Yield every client group that a client is or will be in."""
    for client in day.clients:
        yield from client.groups
    for event in day.events:
        for part in (event.words.get("client"), event.words.get("set")):
            groups = part.get("groups") if isinstance(part, Mapping) else None
            yield from (group for group in groups if isinstance(group, str)) if isinstance(groups, list) else ()


def refuse_twice(names: list[str], place: str, key: str = ".name") -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise Mistake(f"{place}[{number}]{key}", f"{name} is used by an earlier one. Choose another.")
