"""Two clients, two branches, and everything of theirs with a text that tells whose it is."""

from dataclasses import dataclass, field
from typing import Any

from distribution.demo import factories as make
from distribution.enums import DeliveryState
from leads.enums import LeadOutcome

CANARIES = {
    "client A": "canary-client-alpha",
    "client B": "canary-client-beta",
    "account": "canary-account",
    "method": "canary-method",
    "secret": "canary-secret",
    "lead A": "canary-lead-alpha",
    "lead B": "canary-lead-beta",
    "lead nobody bought": "canary-lead-gamma",
    "price": "7654.32",
    "cost": "543.21",
    "source": "canary-source",
    "campaign": "canary-campaign",
    "branch north": "canary-branch-north",
    "branch south": "canary-branch-south",
    "person north": "canary-person-north",
    "person south": "canary-person-south",
}


@dataclass
class World:
    people: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    """What a row's `args` name, by key."""


def build() -> World:
    world = World()
    north = make.BranchFactory.create(name=CANARIES["branch north"])
    south = make.BranchFactory.create(name=CANARIES["branch south"])
    below = make.BranchFactory.create(name="below north", parent=north)
    client, other = (make.ClientFactory.create(name=CANARIES[name]) for name in ("client A", "client B"))
    source = make.SourceFactory.create(name=CANARIES["source"])
    campaign = make.CampaignFactory.create(name=CANARIES["campaign"], source=source, cost=CANARIES["cost"])
    world.people = {
        "administrator": make.AdministratorFactory.create(),
        "manager": make.ManagerFactory.create(),
        "branch_manager": make.BranchManagerFactory.create(branch=north),
        "rep": make.RepFactory.create(branch=below, last_name=CANARIES["person north"]),
        "client": make.ClientUserFactory.create(client=client).user,
        "nobody": None,
    }
    make.RepFactory.create(branch=south, last_name=CANARIES["person south"])
    sold = [_sale(one, campaign, name) for one, name in ((client, "lead A"), (other, "lead B"))]
    make.LeadFactory.create(
        campaign=campaign, last_name=CANARIES["lead nobody bought"], outcome=LeadOutcome.UNROUTED, due_at=None, routes_left=[]
    )
    delivery = sold[0]
    world.keys = {
        "app_label": "leads",
        "company": make.CompanyFactory.create().pk,
        "leadtype": campaign.lead_type_id,
        "source": source.pk,
        "campaign": campaign.pk,
        "posting_link": make.PostingLinkFactory.create(campaign=campaign).pk,
        "key": make.CampaignKeyFactory.create(campaign=campaign).pk,
        "suppression": make.SuppressionFactory.create().pk,
        "client": client.pk,
        "clientgroup": make.ClientGroupFactory.create(clients=[client]).pk,
        "deliveryaccount": delivery.account_id,
        "deliverymethod": delivery.method_id,
        "mailpause": make.MailPauseFactory.create(delivery=delivery).pk,
        "branch": below.pk,
        "pushstrategy": make.PushRecipientFactory.create().strategy_id,
        "pullstrategy": make.PullRecipientFactory.create().strategy_id,
        "disposition": make.DispositionFactory.create().pk,
        "group": make.GroupFactory.create().pk,
        "nocalldate": make.NoCallDateFactory.create().pk,
        "statehours": "IL",
        "floorsettings": make.FloorSettingsFactory.create().pk,
        "user": world.people["rep"].pk,
        "lead": delivery.lead_id,
        "delivery": delivery.pk,
        "version": delivery.decision.version.number,
        "run": delivery.decision.run,
    }
    for name, row in (
        ("campaign", campaign),
        ("client", client),
        ("deliveryaccount", delivery.account),
        ("deliverymethod", delivery.method),
    ):
        world.keys[f"{name}_version"] = row.history.first().pk
    return world


def _sale(client: Any, campaign: Any, name: str) -> Any:
    lead = make.LeadFactory.create(campaign=campaign, last_name=CANARIES[name], sold=True)
    method = make.DeliveryMethodFactory.create(client=client, name=CANARIES["method"], secret=CANARIES["secret"], auth_kind="bearer")
    account = make.DeliveryAccountFactory.create(
        client=client, lead_type=campaign.lead_type, name=CANARIES["account"], price=CANARIES["price"], method=method
    )
    delivery = make.DeliveryFactory.create(
        lead=lead, account=account, state=DeliveryState.ACCEPTED, due_at=None, finished_at=lead.received_at, method=method
    )
    make.AttemptFactory.create(delivery=delivery)
    return delivery
