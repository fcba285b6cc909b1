"""Choices of the clients floor, and the groups of states that have a name."""

from django.db.models import TextChoices


class ClientStatus(TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    INACTIVE = "inactive", "Inactive"


class AccountStatus(TextChoices):
    OPEN = "open", "Open"
    PAUSED = "paused", "Paused"
    CLOSED = "closed", "Closed"


class AccountAutomation(TextChoices):
    """Which of a client's eligible accounts stands for the client."""

    PRICE = "price", "Highest price"
    PRIORITY = "priority", "The account's own number"
    ROUND_ROBIN = "round_robin", "In turn"


class OffHours(TextChoices):
    SKIP = "skip", "Not considered"
    HOLD = "hold", "Held until the opening"


class MethodKind(TextChoices):
    """How a lead travels to a client."""

    WEBHOOK = "webhook", "Webhook"
    PING_POST = "ping_post", "Ping-post"
    EMAIL = "email", "E-mail"
    FILE = "file", "File by SFTP"
    PORTAL = "portal", "Portal"


class MethodUse(TextChoices):
    FIRST = "first", "First choice"
    ALWAYS = "always", "Always, besides the first"
    ON_FAILURE = "on_failure", "Only if the first fails"


class BodyKind(TextChoices):
    JSON = "json", "JSON"
    FORM = "form", "Form"
    XML = "xml", "XML"
    TEXT = "text", "Text"


class AuthKind(TextChoices):
    NONE = "none", "None"
    BASIC = "basic", "Basic"
    DIGEST = "digest", "Digest"
    BEARER = "bearer", "Bearer token"
    OAUTH2 = "oauth2", "OAuth 2.0 client credentials"
    SIGNED = "signed", "Signed (Standard Webhooks)"


class FileEvery(TextChoices):
    """How long leads are collected for one file, in the client's zone."""

    HOUR = "hour", "An hour"
    DAY = "day", "A day"


class HttpVerb(TextChoices):
    POST = "POST", "POST"
    PUT = "PUT", "PUT"
    PATCH = "PATCH", "PATCH"
    GET = "GET", "GET"


class ServerErrorMeans(TextChoices):
    IN_DOUBT = "in_doubt", "In doubt: the client may have taken the lead"
    NOT_TAKEN = "not_taken", "Not taken: try again"


class WindowName(TextChoices):
    HOUR = "hour", "Hour"
    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"
