"""Reports > Unsold leads: why nobody bought them, and which one change came nearest to selling them, for how much."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from distribution.admin.reports.deliveries import address_of
from distribution.admin.reports.frame import RIGHT, answer, as_file, filters, form
from distribution.admin.reports.saved import saved_of
from distribution.domain.why_words import where_of
from distribution.reports.asked import narrowed_to, read
from distribution.reports.tables import unsold_table
from distribution.reports.unsold import NARROWED_BY, Line, unsold_report
from leads.clock import database_now
from leads.menu import Place, page
from leads.viewer import viewer

BY = {"miss": "Nearest miss"}


@page(Place("Reports", "Unsold leads", 30), address="reports/unsold/", name="report_unsold", permission=RIGHT)
@require_safe
def unsold(request: HttpRequest) -> HttpResponse:
    zone = viewer().company_zone
    asked, problems = read(request.GET, today=viewer().company_zone_day(database_now()), by=BY)
    asked = narrowed_to(asked, NARROWED_BY, problems)
    if kind := request.GET.get("as", ""):
        return as_file(
            unsold_table(unsold_report(asked, zone, whole=True), asked, zone), kind, f"unsold-{asked.days.first}-{asked.days.last}"
        )
    report = unsold_report(asked, zone)
    points = [(f"{day:%-d %b}", count, None) for day, count in report.days.items()]
    told = {
        "asked": asked,
        "problems": problems,
        "report": report,
        "form": [choice for choice in form(asked, BY) if choice.name == "period"],
        "filters": filters(asked, names=NARROWED_BY),
        "all": address_of(report.number),
        "reasons": [(line, address_of(line.number)) for line in report.reasons],
        "misses": [(line, address_of(line.number), _where(line)) for line in report.misses],
        "saved": saved_of(request, "unsold"),
        "chart": {"title": "Leads nobody bought", "kind": "count", "points": points, "label": f"{report.total:,} leads nobody bought"},
        "files": [(kind, f"?{asked.query(**{'as': kind})}") for kind in ("csv", "xlsx")],
    }
    return answer(request, "reports/unsold.html", "Unsold leads", told)


def _where(line: Line) -> str:
    """The page where the remedy is done; empty where there is none."""
    if line.account is None or not line.remedy:
        return ""
    if where_of(line.code, "account") == "settings":
        return reverse("admin:distribution_settings")
    if where_of(line.code, "account") == "client":
        return reverse("admin:clients_client_change", args=[line.account.client_id])
    return reverse("admin:clients_deliveryaccount_change", args=[line.account.pk])
