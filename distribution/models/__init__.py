from distribution.models.attempt import Attempt
from distribution.models.clientuser import ClientUser
from distribution.models.copy import DeliveryCopy
from distribution.models.decision import Decision
from distribution.models.delivery import Delivery
from distribution.models.file import DeliveryFile
from distribution.models.heartbeat import Heartbeat
from distribution.models.mail import MailEvent, MailPause
from distribution.models.ping import Ping
from distribution.models.pool import Pool
from distribution.models.report import QueueSample, ReportCell, ReportDelta, ReportState, SavedReport, UnsoldLead
from distribution.models.returned import SOLD_STATES, Return, ReturnState
from distribution.models.sale import CampaignSale
from distribution.models.version import SettingsVersion

__all__ = [
    "SOLD_STATES",
    "Attempt",
    "CampaignSale",
    "ClientUser",
    "Decision",
    "Delivery",
    "DeliveryCopy",
    "DeliveryFile",
    "Heartbeat",
    "MailEvent",
    "MailPause",
    "Ping",
    "Pool",
    "QueueSample",
    "ReportCell",
    "ReportDelta",
    "ReportState",
    "Return",
    "ReturnState",
    "SavedReport",
    "SettingsVersion",
    "UnsoldLead",
]
