"""Why an account does not get a lead: the codes of a trace, in the order in which they are checked."""

from enum import StrEnum


class Reason(StrEnum):
    CLIENT_INACTIVE = "client_inactive"
    CLIENT_PAUSED = "client_paused"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_PAUSED = "account_paused"
    AUTOMATION_OFF = "automation_off"
    NO_DELIVERY_METHOD = "no_delivery_method"
    NOT_IN_GROUP = "not_in_group"
    SUPPRESSED = "suppressed"
    REFUSED_BEFORE = "refused_before"
    CRITERIA = "criteria"
    DUPLICATE_FOR_CLIENT = "duplicate_for_client"
    SCHEDULE_CLOSED = "schedule_closed"
    CAP_HOUR = "cap_hour"
    CAP_DAY = "cap_day"
    CAP_WEEK = "cap_week"
    CAP_MONTH = "cap_month"
    CAP_TOTAL = "cap_total"
    BUDGET_DAY = "budget_day"
    BUDGET_MONTH = "budget_month"
    QUALIFIED_SHARE = "qualified_share"
    MARGIN = "margin"
    PING_REJECTED = "ping_rejected"
    PING_TIMEOUT = "ping_timeout"
    BID_TOO_LOW = "bid_too_low"
    WEIGHT_MISSING = "weight_missing"
    PERCENTAGE_MISSING = "percentage_missing"
    PERCENTAGE_REACHED = "percentage_reached"
    CIRCUIT_OPEN = "circuit_open"
    EXCLUSIVE_ONLY = "exclusive_only"
    ALREADY_SOLD_SHARED = "already_sold_shared"

    @property
    def label(self) -> str:
        """Two or three words for a column of a table or a filter."""
        return LABELS[self]


LABELS: dict[Reason, str] = {
    Reason.CLIENT_INACTIVE: "client inactive",
    Reason.CLIENT_PAUSED: "client paused",
    Reason.ACCOUNT_CLOSED: "account closed",
    Reason.ACCOUNT_PAUSED: "account paused",
    Reason.AUTOMATION_OFF: "automation off",
    Reason.NO_DELIVERY_METHOD: "no delivery method",
    Reason.NOT_IN_GROUP: "not in the client group",
    Reason.SUPPRESSED: "suppressed",
    Reason.REFUSED_BEFORE: "offered before",
    Reason.CRITERIA: "criteria",
    Reason.DUPLICATE_FOR_CLIENT: "bought before",
    Reason.SCHEDULE_CLOSED: "closed now",
    Reason.CAP_HOUR: "hour cap",
    Reason.CAP_DAY: "day cap",
    Reason.CAP_WEEK: "week cap",
    Reason.CAP_MONTH: "month cap",
    Reason.CAP_TOTAL: "total cap",
    Reason.BUDGET_DAY: "day budget",
    Reason.BUDGET_MONTH: "month budget",
    Reason.QUALIFIED_SHARE: "share of qualified leads",
    Reason.MARGIN: "margin too low",
    Reason.PING_REJECTED: "ping rejected",
    Reason.PING_TIMEOUT: "ping timed out",
    Reason.BID_TOO_LOW: "bid too low",
    Reason.WEIGHT_MISSING: "no weight",
    Reason.PERCENTAGE_MISSING: "no percentage",
    Reason.PERCENTAGE_REACHED: "percentage reached",
    Reason.CIRCUIT_OPEN: "paused after failures",
    Reason.EXCLUSIVE_ONLY: "sold exclusively",
    Reason.ALREADY_SOLD_SHARED: "sold shared",
}
