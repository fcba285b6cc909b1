"""Reports > Deliveries: what was offered, sold, given back, earned and spent; every number opens the rows it counts."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from distribution.admin.reports.frame import RIGHT, answer, as_file, filters, form
from distribution.admin.reports.saved import saved_of
from distribution.admin.story.linking import page_of
from distribution.reports.asked import Asked, read
from distribution.reports.columns import OFFERED, REVENUE, SHOWN
from distribution.reports.delivery import BY, Figure, Report, Row, delivery_report
from distribution.reports.lists import Number
from distribution.reports.tables import deliveries_table
from leads.clock import database_now
from leads.menu import Place, page
from leads.viewer import viewer

NARROWED_BY = ("client", "account", "campaign", "source", "lead_type", "state", "hour")
PAGES = {
    "client": "admin:clients_client_change",
    "account": "admin:clients_deliveryaccount_change",
    "campaign": "admin:leads_campaign_change",
    "source": "admin:leads_source_change",
    "lead_type": "admin:leads_leadtype_change",
}


@dataclass(frozen=True, slots=True)
class Cell:
    figure: Figure
    link: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its addresses: `page` is the page of what it names, `closer` the same report of it alone."""

    row: Row
    cells: list[Cell]
    page: str
    closer: str


@page(Place("Reports", "Deliveries", 10), address="reports/deliveries/", name="report_deliveries", permission=RIGHT)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    zone = viewer().company_zone
    asked, problems = read(request.GET, today=viewer().company_zone_day(database_now()), by=BY, shows=SHOWN)
    if kind := request.GET.get("as", ""):
        return as_file(deliveries_table(delivery_report(asked, zone, whole=True)), kind, f"deliveries-{asked.days.first}-{asked.days.last}")
    report = delivery_report(asked, zone)
    told = {
        "asked": asked,
        "problems": problems,
        "report": report,
        "by": BY[asked.by],
        "form": form(asked, BY, SHOWN),
        "filters": filters(asked, names=NARROWED_BY),
        "lines": [line(row, asked) for row in report.rows],
        "feet": [line(row, asked) for row in (report.others, report.nobodys, report.total) if row],
        "kpis": [one for one in report.total.figures if one.column.name in ("sold", "revenue", "cost", "margin", "rate", "seconds")],
        "headings": [(column, f"?{asked.query(sort=column.name)}") for column in report.columns],
        "saved": saved_of(request, "deliveries"),
        "chart": chart(report),
        "files": [(kind, f"?{asked.query(**{'as': kind})}") for kind in ("csv", "xlsx")],
    }
    return answer(request, "reports/deliveries.html", "Deliveries", told)


def chart(report: Report) -> dict[str, object]:
    """Revenue by day; of a report by e-mail or of every end, what was offered."""
    column = REVENUE if report.asked.show == "money" else OFFERED
    compared = report.asked.before is not None
    points = [(f"{one.day:%-d %b}", column.of(one.now), column.of(one.before) if compared else None) for one in report.days]
    total = next((figure.value for figure in report.total.figures if figure.column.name == column.name), None)
    said = f"{column.title} by day, {report.asked.days.said}: {total:,} in all."
    return {"title": column.title, "kind": column.kind, "points": points, "label": said, "compared": compared}


def address_of(number: Number | None) -> str:
    """The list of the rows that a number counts; empty for none."""
    if number is None:
        return ""
    model = "leads_lead" if number.is_of_leads else "distribution_delivery"
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode({'report': number.text})}"


def line(row: Row, asked: Asked) -> Line:
    cells = [Cell(figure, address_of(figure.number)) for figure in row.figures]
    if row.key is None:
        return Line(row, cells, "", "")
    name = PAGES.get(asked.by, "")
    return Line(row, cells, page_of(name, row.key) if name and row.name != "Deleted" else "", f"?{_closer(row, asked)}")


def _closer(row: Row, asked: Asked) -> str:
    if asked.by == "day":
        return asked.query(period="days", by="hour", sort="", **{"from": f"{row.key}", "to": f"{row.key}"})
    onward = "account" if asked.by == "client" else "client" if asked.by != "account" else "day"
    return asked.query(by=onward, sort="", **{asked.by: str(row.key) or "-"})
