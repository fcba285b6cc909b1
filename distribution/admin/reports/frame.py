"""What every report's page shares: what it was asked, its filters as choices, and the same as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from clients.models import Client, DeliveryAccount
from distribution.reports.asked import COMPARED, PERIODS, Asked
from distribution.reports.files import WRITERS, Table
from leads.domain.states import STATES
from leads.models import Campaign, LeadType, Source
from leads.viewer import said_zone, viewer

RIGHT = "distribution.view_report"


@dataclass(frozen=True, slots=True)
class Choice:
    """A select of the form above a report."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str
    empty: str = ""
    """The word for no choice; without one something is always chosen."""


def filters(asked: Asked, *, names: Sequence[str]) -> list[Choice]:
    """The ways to narrow a report; the accounts are those of the client that was chosen. One query each."""
    return [
        Choice(name, LABELS[name], _options(name, asked), asked.filters.get(name, ""), EMPTY[name])
        for name in names
        if name != "account" or asked.filters.get("client") or asked.filters.get("account")
    ]


LABELS = {
    "client": "Client",
    "account": "Account",
    "campaign": "Campaign",
    "source": "Source",
    "lead_type": "Lead type",
    "state": "State",
    "hour": "Hour",
}
EMPTY = {
    "client": "All clients",
    "account": "All accounts",
    "campaign": "All campaigns",
    "source": "All sources",
    "lead_type": "All types",
    "state": "All states",
    "hour": "All hours",
}
MODELS: Mapping[str, type[Any]] = {"client": Client, "campaign": Campaign, "source": Source, "lead_type": LeadType}


def _options(name: str, asked: Asked) -> list[tuple[str, str]]:
    if name == "state":
        return [*((code, f"{code}, {said}") for code, said in STATES.items()), ("-", "No state")]
    if name == "hour":
        return [(str(hour), f"{hour}:00") for hour in range(24)]
    if name == "account":
        rows = DeliveryAccount.objects.order_by("name")
        client, account = asked.filters.get("client"), asked.filters.get("account")
        rows = rows.filter(client=int(client)) if client else rows.filter(pk=int(account or 0))
        return [(str(pk), said) for pk, said in rows.values_list("pk", "name")]
    return [(str(pk), said) for pk, said in MODELS[name].objects.order_by("name").values_list("pk", "name")]


def form(asked: Asked, by: Mapping[str, str], shows: Mapping[str, str] | None = None) -> list[Choice]:
    """The choices of any report: which days, compared with what, by what, and which columns."""
    made = [
        Choice("period", "Days", list(PERIODS.items()), asked.period),
        Choice("compare", "Compared with", list(COMPARED.items()), asked.compared),
        Choice("by", "By", list(by.items()), asked.by),
    ]
    return [*made, Choice("show", "Columns", list(shows.items()), asked.show)] if shows else made


def answer(request: HttpRequest, template: str, title: str, told: dict[str, Any]) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": title, "zone_name": said_zone(viewer().company_zone)}
    return TemplateResponse(request, template, frame | told)


def as_file(table: Table, kind: str, name: str) -> HttpResponse:
    """Return a report as a file to keep; what is no kind of file is not found."""
    if kind not in WRITERS:
        raise Http404
    content_type, write = WRITERS[kind]
    return HttpResponse(write(table), content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})
