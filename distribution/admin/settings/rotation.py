"""Round robin on the settings page: who is next, and when and why the rotation last began again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clients.enums import ClientStatus
from clients.models import Client
from distribution.admin.settings.facts import Facts, group_pool
from distribution.domain.automation import OnChange
from distribution.domain.settings import Group, Settings
from distribution.domain.slate import DEFAULT_POOL
from leads.domain.shares import PoolState, settle_members

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Turns:
    """`following` is empty while nobody takes part; `restarted_at` is None while it never did."""

    following: str
    members: int
    restarted_at: datetime | None
    why: str


def turns(facts: Facts, settings: Settings, group: Group | None = None) -> Turns:
    """Look at the rotation of a group, or of everyone else, as the next lead would find it."""
    members = _members(facts, settings, group)
    state = facts.pools.get(group_pool(group.key) if group else DEFAULT_POOL, PoolState())
    marks = {client.pk: client.activations for client in members}
    restart = settings.round_robin_on_change is OnChange.RESTART
    rotation = settle_members(state.rotation, marks, restart=restart, now=facts.now)
    following = min(members, key=lambda client: (rotation.key(client.pk), client.pk), default=None)
    return Turns(
        following=following.name if following else "",
        members=len(members),
        restarted_at=rotation.restarted_at,
        why=_why(facts, rotation.entered, rotation.left),
    )


def _members(facts: Facts, settings: Settings, group: Group | None) -> list[Client]:
    """Active clients with an account that the group, or nobody else's, scans."""
    place = {account: one.key for one in settings.groups for account in one.account_ids}
    of_client = {client: one.key for one in settings.groups for client in one.client_ids}
    wanted = group.key if group else None
    found = {fact.client for fact in facts.accounts.values() if place.get(fact.id, of_client.get(fact.client)) == wanted}
    return [client for client in facts.clients.values() if client.pk in found and client.status == ClientStatus.ACTIVE]


def _why(facts: Facts, entered: Iterable[int], left: Iterable[int]) -> str:
    """Say who came and who went; who was activated anew did both."""
    came, went = list(entered), list(left)
    anew = [client for client in came if client in went]
    told = [
        _said(facts, [client for client in came if client not in anew], "entered"),
        _said(facts, [client for client in went if client not in anew], "left"),
        _said(facts, anew, "became active anew"),
    ]
    return ", ".join(sentence for sentence in told if sentence)


def _said(facts: Facts, clients: list[int], what: str) -> str:
    if not clients:
        return ""
    names = [facts.clients[client].name if client in facts.clients else f"client {client}" for client in clients[:MOST_NAMES]]
    more = len(clients) - len(names)
    return f"{', '.join(names)}{f' and {more} more' if more else ''} {what}"
