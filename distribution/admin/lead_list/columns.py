"""The columns of the list, of which everybody chooses; and those of a lead type's own fields."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from distribution.admin.lead_list.kept import view_of
from distribution.admin.story.aside import said
from distribution.admin.story.page import lead_pill
from distribution.enums import DeliveryState
from distribution.models import Delivery
from leads.admin.base import ScopedAdmin
from leads.models import Lead
from leads.words import figure, money, phone, when

DEFAULT = ("person", "reach", "campaign_word", "sold_word", "received", "outcome_pill")
COLUMNS: dict[str, str] = {
    "reach": "Phone and e-mail",
    "campaign_word": "Campaign",
    "source_word": "Source",
    "place_word": "Place",
    "sold_word": "Sold for",
    "cost_word": "Cost",
    "reasons": "Why rejected",
    "held_word": "In house",
    "attempts_word": "Attempts",
    "disposition_word": "Last outcome",
    "their_id": "Their id",
    "received": "Received",
    "outcome_pill": "State",
}
"""What may be chosen besides the person, who is always there, in the order they are shown."""
MONEY = ("sold_word", "cost_word")
HELD = "held_word"
OWN = "own:"
"""Before the name of a field of the lead type."""


def chosen(request: HttpRequest) -> list[str]:
    """Return the columns that this person looks at here: as the address says, as the kept filter says, or as they are at first."""
    view = view_of(request)
    asked = request.GET.getlist("columns") or (view.columns if view else []) or list(DEFAULT)
    own = {OWN + field.name for field in view.lead_type.fields.all()} if view and view.lead_type else set()
    known = [name for name in COLUMNS if name in asked] + [name for name in asked if name in own]
    sees_money = request.user.has_perm("distribution.view_money")
    return ["person", *(name for name in known if sees_money or name not in MONEY)]


def choices(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Name, words and whether it is chosen, of every column that this person may see."""
    now, sees_money, view = chosen(request), request.user.has_perm("distribution.view_money"), view_of(request)
    told = [(name, label, name in now) for name, label in COLUMNS.items() if sees_money or name not in MONEY]
    fields = view.lead_type.fields.all() if view and view.lead_type else []
    return told + [(OWN + field.name, field.label or field.name, OWN + field.name in now) for field in fields]


def own_column(name: str, label: str) -> Callable[[Lead], str]:
    """Return a column of one field of the lead type."""

    @display(description=label)
    def own(row: Lead) -> str:
        value = row.custom.get(name)
        return "–" if value in (None, "", []) else said(value)

    own.__name__ = f"own_{name}"
    return own


class LeadColumns(ScopedAdmin):
    """Each column as what it says of a lead."""

    def get_list_display(self, request: HttpRequest) -> Any:
        view = view_of(request)
        labels: Mapping[str, str] = (
            {one.name: one.label or one.name for one in view.lead_type.fields.all()} if view and view.lead_type else {}
        )
        names: Iterable[str] = chosen(request)
        return [own_column(name[len(OWN) :], labels[name[len(OWN) :]]) if name.startswith(OWN) else name for name in names]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        told = ["campaign__source", "lead_type"]
        return told + ["placement__owner", "placement__holder", "placement__branch"] * (HELD in chosen(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        rows = super().get_queryset(request)
        if "sold_word" not in chosen(request):
            return rows
        sold = (
            Delivery.objects.filter(lead=OuterRef("pk"), state=DeliveryState.ACCEPTED).order_by().values("lead").annotate(sum=Sum("price"))
        )
        return rows.annotate(sold_for=Subquery(sold.values("sum"), output_field=DecimalField()))

    @display(description="Person", ordering="last_name", header=True)
    def person(self, row: Lead) -> list[str]:
        return [row.name or "no name", row.spoken]

    @display(description="Phone and e-mail", header=True)
    def reach(self, row: Lead) -> list[str]:
        return [phone(row.phone) or "–", row.email]

    @display(description="Campaign", header=True)
    def campaign_word(self, row: Lead) -> list[str]:
        return [row.campaign.name, row.lead_type.name]

    @display(description="Source")
    def source_word(self, row: Lead) -> str:
        return row.campaign.source.name

    @display(description="Place", header=True)
    def place_word(self, row: Lead) -> list[str]:
        return [", ".join(part for part in (row.city, row.state) if part) or "–", row.zip]

    @display(description="Sold for")
    def sold_word(self, row: Any) -> SafeString:
        return figure(money(row.sold_for))

    @display(description="Cost")
    def cost_word(self, row: Lead) -> SafeString:
        return figure(money(row.cost))

    @display(description="Why rejected")
    def reasons(self, row: Lead) -> str:
        return " ".join(f"{error['field']}: {error['message']}" if error["field"] else error["message"] for error in row.errors[:3]) or "–"

    @display(description="In house")
    def held_word(self, row: Lead) -> str:
        placement = getattr(row, "placement", None)
        if placement is None:
            return "–"
        who = placement.holder or placement.owner or placement.branch
        whose = (getattr(who, "get_full_name", str)() if hasattr(who, "get_full_name") else str(who)) if who else "the company"
        return f"{placement.get_place_display()}, {whose or who}"

    @display(description="Attempts")
    def attempts_word(self, row: Lead) -> SafeString:
        return figure(row.attempts)

    @display(description="Last outcome")
    def disposition_word(self, row: Lead) -> str:
        return row.last_disposition or "–"

    @display(description="Their id")
    def their_id(self, row: Lead) -> str:
        return row.external_id or "–"

    @display(description="Received", ordering="received_at")
    def received(self, row: Lead) -> SafeString | str:
        return when(row.received_at)

    @display(description="State")
    def outcome_pill(self, row: Lead) -> SafeString:
        return lead_pill(row)
