from pullqueue.models.access import AccessRules, AccountLink, FailedTry, RecoveryCode, SecondFactor
from pullqueue.models.branch import Branch
from pullqueue.models.disposition import Disposition, Result
from pullqueue.models.group import Group
from pullqueue.models.hold import CallAttempt, Hold
from pullqueue.models.hours import NoCallDate, StateHours
from pullqueue.models.notice import Notice, NoticeChoice
from pullqueue.models.placement import Placement, QueueEntry, QueueState, Segment
from pullqueue.models.pull import FloorSettings, PullLog, PullRecipient, PullStrategy, PullSwitch
from pullqueue.models.push import PushLog, PushRecipient, PushShare, PushStrategy
from pullqueue.models.session import Session
from pullqueue.models.user import User

__all__ = [
    "AccessRules",
    "AccountLink",
    "Branch",
    "CallAttempt",
    "Disposition",
    "FailedTry",
    "FloorSettings",
    "Group",
    "Hold",
    "NoCallDate",
    "Notice",
    "NoticeChoice",
    "Placement",
    "PullLog",
    "PullRecipient",
    "PullStrategy",
    "PullSwitch",
    "PushLog",
    "PushRecipient",
    "PushShare",
    "PushStrategy",
    "QueueEntry",
    "QueueState",
    "RecoveryCode",
    "Result",
    "SecondFactor",
    "Segment",
    "Session",
    "StateHours",
    "User",
]
