"""Reports > Sales floor: how fast leads are called, what comes of it, and how long the queue is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.admin.reports.frame import answer, as_file, form
from distribution.reports.asked import narrowed_to, read
from distribution.reports.files import Table
from distribution.reports.floor import BY, COMPANY_ALONE, FloorReport, FloorRow, floor_report
from leads.clock import database_now
from leads.menu import Place, page
from leads.viewer import person_of, viewer
from pullqueue.floor.scope import scope_of
from pullqueue.models import Disposition

COLUMNS: tuple[tuple[str, str, Callable[[FloorRow], Any]], ...] = (
    ("Leads called", "count", lambda row: row.called),
    ("Median wait", "seconds", lambda row: row.median),
    ("90% within", "seconds", lambda row: row.p90),
    ("Within 1 min", "percent", lambda row: row.within_1),
    ("Within 5 min", "percent", lambda row: row.within_5),
    ("Attempts", "count", lambda row: row.attempts),
    ("Contacts", "count", lambda row: row.contacts),
    ("Contact rate", "percent", lambda row: row.contact_rate),
    ("Outcomes", "count", lambda row: row.outcomes),
    ("Won", "count", lambda row: row.won),
)


@page(Place("Reports", "Sales floor", 40), address="reports/floor/", name="report_floor", permission="pullqueue.view_user")
@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    """Whoever may look at people sees their numbers: a branch's manager those of the branch and below."""
    person, zone = person_of(request), viewer().company_zone
    by = {name: title for name, title in BY.items() if person.sees_all_leads or name not in COMPANY_ALONE}
    asked, problems = read(request.GET, today=viewer().company_zone_day(database_now()), by=by)
    asked = narrowed_to(asked, (), problems)
    report = floor_report(asked, zone, scope_of(person).branches)
    if kind := request.GET.get("as", ""):
        return as_file(table(report, by[asked.by], asked.days.said), kind, f"sales-floor-{asked.days.first}-{asked.days.last}")
    names = dict(Disposition.objects.filter(pk__in=report.dispositions).values_list("pk", "name"))
    ranked = sorted(report.dispositions.items(), key=lambda one: (-one[1], one[0]))
    shape = "%-H:%M" if len(asked.days) == 1 else "%-d %b"
    queue = [(f"{at.astimezone(zone):{shape}}", sum(places.values()) - places["exhausted"], None) for at, places in report.queue]
    told = {
        "asked": asked,
        "problems": problems,
        "report": report,
        "by": by[asked.by],
        "form": [choice for choice in form(asked, by) if choice.name != "compare"],
        "headings": [heading for heading, _, _ in COLUMNS],
        "lines": [(row, _cells(row)) for row in report.rows],
        "total": _cells(report.total),
        "kpis": [(heading, kind, of(report.total)) for heading, kind, of in COLUMNS[1:7]],
        "outcomes": [(names.get(pk, "Deleted"), count, count * 100 / report.total.outcomes) for pk, count in ranked],
        "chart": {"title": "Open leads", "kind": "count", "points": queue, "label": "Open leads over time", "compared": False},
        "places": [(f"{at.astimezone(zone):%-d %b %H:%M}", places) for at, places in report.queue],
        "files": [(kind, f"?{asked.query(**{'as': kind})}") for kind in ("csv", "xlsx")],
    }
    return answer(request, "reports/floor.html", "Sales floor report", told)


def _cells(row: FloorRow) -> list[tuple[str, str, Any]]:
    return [(heading, kind, of(row)) for heading, kind, of in COLUMNS]


def table(report: FloorReport, by: str, said: str) -> Table:
    headings = [by, *(heading for heading, _, _ in COLUMNS)]
    rows = [[row.name, *(of(row) for _, _, of in COLUMNS)] for row in (*report.rows, report.total)]
    return Table("Sales floor", f"{said}, days of {viewer().company_zone.key}", headings, ["text", *(kind for _, kind, _ in COLUMNS)], rows)
