"""What a criterion may speak of: kinds of values, and the fields that every lead has."""

from dataclasses import dataclass
from enum import StrEnum

from leads.domain.hours import DAYS


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    MULTIPLE = "multiple"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field with the kind of its values; `choices` binds the values of a criterion when it is not empty."""

    name: str
    kind: Kind
    label: str
    choices: tuple[str, ...] = ()


AGE = "age"
STATUSES = ("accepted", "duplicate", "suppressed", "rejected")
CHANNELS = ("web", "phone", "email", "social", "affiliate", "other")

STANDARD: dict[str, FieldSpec] = {
    field.name: field
    for field in (
        FieldSpec("first_name", Kind.TEXT, "First name"),
        FieldSpec("last_name", Kind.TEXT, "Last name"),
        FieldSpec("email", Kind.TEXT, "E-mail"),
        FieldSpec("phone", Kind.TEXT, "Phone"),
        FieldSpec("phone2", Kind.TEXT, "Second phone"),
        FieldSpec("address", Kind.TEXT, "Address"),
        FieldSpec("city", Kind.TEXT, "City"),
        FieldSpec("state", Kind.TEXT, "State"),
        FieldSpec("zip", Kind.ZIP, "ZIP"),
        FieldSpec("country", Kind.TEXT, "Country"),
        FieldSpec("latitude", Kind.DECIMAL, "Latitude"),
        FieldSpec("longitude", Kind.DECIMAL, "Longitude"),
        FieldSpec("date_of_birth", Kind.DATE, "Date of birth"),
        FieldSpec("ip", Kind.TEXT, "IP address"),
        FieldSpec("user_agent", Kind.TEXT, "User agent"),
        FieldSpec("landing_url", Kind.TEXT, "Landing page"),
        FieldSpec("consent_text", Kind.TEXT, "Consent text"),
        FieldSpec("consent_url", Kind.TEXT, "Consent certificate"),
        FieldSpec("external_id", Kind.TEXT, "External ID"),
        FieldSpec("age_years", Kind.INTEGER, "Age in years"),
        FieldSpec("area_code", Kind.TEXT, "Area code"),
        FieldSpec("weekday", Kind.CHOICE, "Weekday", DAYS),
        FieldSpec("hour", Kind.INTEGER, "Hour"),
        FieldSpec("source", Kind.TEXT, "Source"),
        FieldSpec("campaign", Kind.TEXT, "Campaign"),
        FieldSpec("channel", Kind.CHOICE, "Channel", CHANNELS),
        FieldSpec("cost", Kind.DECIMAL, "Cost"),
        FieldSpec("status", Kind.CHOICE, "Status", STATUSES),
        FieldSpec("attempts", Kind.INTEGER, "Attempts"),
        FieldSpec("pull_count", Kind.INTEGER, "Pull count"),
        FieldSpec("last_disposition", Kind.TEXT, "Last disposition"),
        FieldSpec("duplicate_of", Kind.TEXT, "Duplicate of"),
        FieldSpec("added", Kind.DATETIME, "Date added"),
        FieldSpec(AGE, Kind.DECIMAL, "Minutes since added"),
    )
}
"""Standard and derived fields by name. The state is text, not a choice, because countries abroad have their own."""
