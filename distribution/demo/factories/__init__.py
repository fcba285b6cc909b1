"""One factory for every model, each valid and minimal; the samples and the tests are built from them.

They need the package factory-boy, which production installs leave out.
"""

from distribution.demo.factories.clients import (
    AccountMethodFactory,
    ClientFactory,
    ClientGroupFactory,
    DeliveryAccountFactory,
    DeliveryMethodFactory,
)
from distribution.demo.factories.intake import (
    CampaignFactory,
    CampaignKeyFactory,
    CapWindowFactory,
    CompanyFactory,
    EventFactory,
    FingerprintFactory,
    IntakeKeyFactory,
    JobFactory,
    LeadFactory,
    LeadFieldFactory,
    LeadTypeFactory,
    NoteFactory,
    SourceFactory,
    SubmissionFactory,
    SuppressionFactory,
)
from distribution.demo.factories.people import (
    AdministratorFactory,
    BranchFactory,
    BranchManagerFactory,
    ClientUserFactory,
    ManagerFactory,
    RepFactory,
    UserFactory,
)
from distribution.demo.factories.selling import (
    AttemptFactory,
    CampaignSaleFactory,
    DecisionFactory,
    DeliveryFactory,
    HeartbeatFactory,
    PoolFactory,
    SettingsVersionFactory,
)

__all__ = [
    "AccountMethodFactory",
    "AdministratorFactory",
    "AttemptFactory",
    "BranchFactory",
    "BranchManagerFactory",
    "CampaignFactory",
    "CampaignKeyFactory",
    "CampaignSaleFactory",
    "CapWindowFactory",
    "ClientFactory",
    "ClientGroupFactory",
    "ClientUserFactory",
    "CompanyFactory",
    "DecisionFactory",
    "DeliveryAccountFactory",
    "DeliveryFactory",
    "DeliveryMethodFactory",
    "EventFactory",
    "FingerprintFactory",
    "HeartbeatFactory",
    "IntakeKeyFactory",
    "JobFactory",
    "LeadFactory",
    "LeadFieldFactory",
    "LeadTypeFactory",
    "ManagerFactory",
    "NoteFactory",
    "PoolFactory",
    "RepFactory",
    "SettingsVersionFactory",
    "SourceFactory",
    "SubmissionFactory",
    "SuppressionFactory",
    "UserFactory",
]
