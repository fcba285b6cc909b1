"""Who may do what: one table, and the backend that reads it. Nobody is a superuser, no group adds to a role."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.backends import ModelBackend

from pullqueue.enums import Role

READS = ("view",)
KEEPS = ("view", "add", "change", "delete")


def _grant(verbs: Iterable[str], *models: str) -> frozenset[str]:
    """Return permissions as Django writes them: `leads.view_lead` for the model `leads.lead`."""
    named = (model.split(".") for model in models)
    return frozenset(f"{app}.{verb}_{name}" for app, name in named for verb in verbs)


CONFIGURATION = (
    "leads.leadtype",
    "leads.leadfield",
    "leads.source",
    "leads.campaign",
    "distribution.campaignsale",
    "clients.client",
    "clients.clientgroup",
    "clients.deliveryaccount",
    "clients.accountmethod",
    "clients.deliverymethod",
    "distribution.settingsversion",
)
"""What says who buys what. Managers of the company read it, administrators keep it."""

FLOOR = (
    "pullqueue.pushstrategy",
    "pullqueue.pullstrategy",
    "pullqueue.pushrecipient",
    "pullqueue.pullrecipient",
    "pullqueue.pullswitch",
    "pullqueue.disposition",
    "pullqueue.group",
    "pullqueue.statehours",
    "pullqueue.nocalldate",
)
"""What says which rep gets which lead and when. Managers of the company read it, administrators keep it."""

LEDGER = ("leads.lead", "distribution.delivery", "distribution.decision", "distribution.attempt", "distribution.mailpause", "leads.event")
"""What happened. Rows are written by the product alone, and read by those who answer for them."""

INVITES = frozenset({"pullqueue.invite_user"})
"""Inviting people and switching them off, each below their own rank; `services.people` says whom."""
KEEPS_FLOOR = INVITES | frozenset({"pullqueue.view_floor", "pullqueue.move_lead"})
"""What managers do on the floor, each for the part that they manage: look, take leads back, hand them to others."""

LEADS_GO_ON = frozenset(
    {
        "leads.add_note",
        "leads.correct_lead",
        "leads.judge_lead",
        "distribution.rerun_lead",
        "distribution.settle_delivery",
        "distribution.settle_return",
        "distribution.resume_method",
    }
)
"""What who answers for all leads may do with one: write about it, correct it, let it in after all, route it again,
settle what is in doubt, end a pause."""

ADMINISTRATOR = (
    _grant(READS, *LEDGER)
    | _grant(KEEPS, *CONFIGURATION, *FLOOR, "pullqueue.branch", "distribution.clientuser")
    | _grant(("view", "add", "delete"), "leads.suppression")
    | _grant(("view", "change"), "leads.company", "pullqueue.floorsettings")
    | _grant(("view", "add", "change"), "leads.campaignkey", "pullqueue.user")
    | _grant(("view", "change"), "pullqueue.accessrules")
    | {
        "leads.add_lead",
        "leads.import_lead",
        "leads.export_lead",
        "leads.erase_lead",
        "leads.lift_standstill",
        "leads.view_trail",
        "leads.view_submission",
        "distribution.view_money",
        "distribution.view_report",
    }
    | LEADS_GO_ON
    | KEEPS_FLOOR
)
COMPANY_MANAGER = (
    _grant(READS, *LEDGER, *CONFIGURATION, *FLOOR, "leads.campaignkey", "leads.suppression", "pullqueue.user", "pullqueue.branch")
    | _grant(READS, "pullqueue.floorsettings")
    | _grant(("add",), "leads.lead", "leads.suppression")
    | {"leads.import_lead", "leads.export_lead", "distribution.view_money", "distribution.view_report"}
    | LEADS_GO_ON
    | KEEPS_FLOOR
)
BRANCH_MANAGER = _grant(READS, "leads.lead", "pullqueue.user", "pullqueue.branch") | {"leads.add_note", "leads.correct_lead"} | KEEPS_FLOOR
NOTHING: frozenset[str] = frozenset()


def permissions_of(user: Any) -> frozenset[str]:
    """Return what this person may do in the admin; reps and client users have pages of their own."""
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if user.role == Role.ADMINISTRATOR:
        return ADMINISTRATOR
    if user.role == Role.MANAGER:
        return COMPANY_MANAGER if user.branch_id is None else BRANCH_MANAGER
    return NOTHING


class RoleBackend(ModelBackend):
    """Signs people in by name and password, and answers from the table above without a query."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(permissions_of(user_obj))

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm in permissions_of(user_obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in permissions_of(user_obj))
