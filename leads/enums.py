"""Choices of the leads floor, and the groups of states that have a name."""

from django.db.models import TextChoices


class LeadStatus(TextChoices):
    """What intake said; final."""

    ACCEPTED = "accepted", "Accepted"
    DUPLICATE = "duplicate", "Duplicate"
    SUPPRESSED = "suppressed", "Suppressed"
    REJECTED = "rejected", "Rejected"


class LeadOutcome(TextChoices):
    """What became of an accepted lead."""

    PENDING = "pending", "Pending"
    SOLD = "sold", "Sold"
    REVIEW = "review", "In review"
    PUSHED = "pushed", "Pushed"
    QUEUED = "queued", "Queued"
    UNROUTED = "unrouted", "Unrouted"
    FINISHED = "finished", "Finished"
    ERASED = "erased", "Erased"


class CampaignStatus(TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    CLOSED = "closed", "Closed"


class Channel(TextChoices):
    WEB = "web", "Web"
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    SOCIAL = "social", "Social"
    AFFILIATE = "affiliate", "Affiliate"
    OTHER = "other", "Other"


class Route(TextChoices):
    DISTRIBUTE = "distribute", "Distribute"
    PUSH = "push", "Push"
    PULL = "pull", "Pull"


class FieldKind(TextChoices):
    TEXT = "text", "Text"
    INTEGER = "integer", "Whole number"
    DECIMAL = "decimal", "Decimal number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date"
    DATETIME = "datetime", "Date and time"
    CHOICE = "choice", "Choice"
    MULTIPLE = "multiple", "Multiple choice"


class DuplicateAgainst(TextChoices):
    ACCEPTED = "accepted", "Accepted leads"
    ALL = "all", "All leads"


class SuppressionKind(TextChoices):
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"


class SuppressionChangeKind(TextChoices):
    """What happened to somebody's place on the suppression list."""

    ADDED = "added", "Added"
    REMOVED = "removed", "Removed"


class CapScope(TextChoices):
    """Whose limit a cap window counts for."""

    CAMPAIGN = "campaign", "Campaign"
    CLIENT = "client", "Client"
    ACCOUNT = "account", "Delivery account"


class CapKind(TextChoices):
    HOUR = "hour", "Leads an hour"
    DAY = "day", "Leads a day"
    WEEK = "week", "Leads a week"
    MONTH = "month", "Leads a month"
    TOTAL = "total", "Leads in total"
    BUDGET_DAY = "budget_day", "Budget a day"
    BUDGET_MONTH = "budget_month", "Budget a month"
    QUALIFIED_HOUR = "qualified_hour", "Qualified leads an hour"
    QUALIFIED_DAY = "qualified_day", "Qualified leads a day"
    QUALIFIED_WEEK = "qualified_week", "Qualified leads a week"
    QUALIFIED_MONTH = "qualified_month", "Qualified leads a month"


class JobState(TextChoices):
    """How far long work is."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


FINISHED_JOBS = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class FileKind(TextChoices):
    """What an uploaded file is, by its content."""

    CSV = "csv", "CSV"
    JSON_LINES = "jsonl", "JSON Lines"
    XLSX = "xlsx", "Excel workbook"
