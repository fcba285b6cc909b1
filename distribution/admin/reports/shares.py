"""Reports > Shares: what each client should have had and had, how far that is off, and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.admin.reports.deliveries import address_of
from distribution.admin.reports.frame import RIGHT, answer, as_file, form
from distribution.domain.automation import Base
from distribution.reports.asked import Days, narrowed_to, read
from distribution.reports.files import Table
from distribution.reports.shares import MOST_DAYS, SAMPLE, PoolShares, share_report, why_said
from distribution.services.versions import live_version, settings_of
from leads.clock import database_now
from leads.menu import Place, page
from leads.viewer import viewer

BY = {"client": "Client"}


@page(Place("Reports", "Shares", 20), address="reports/shares/", name="report_shares", permission=RIGHT)
@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    zone, today = viewer().company_zone, viewer().company_zone_day(database_now())
    asked, problems = read(request.GET, today=today, by=BY)
    asked = narrowed_to(asked, (), problems)
    days = asked.days
    if len(days) > MOST_DAYS:
        days = Days(days.last.fromordinal(days.last.toordinal() - MOST_DAYS + 1), days.last)
        problems.append(f"Shares are told for at most {MOST_DAYS} days, so these are {days.said}. Choose fewer days.")
    live = live_version()
    pools = share_report(days, zone, balanced=settings_of(live).base_automation is Base.BALANCED)
    if kind := request.GET.get("as", ""):
        return as_file(table(pools, days), kind, f"shares-{days.first}-{days.last}")
    told = {
        "asked": asked,
        "days": days,
        "problems": problems,
        "form": [choice for choice in form(asked, BY) if choice.name == "period"],
        "pools": [(pool, [_line(share, pool) for share in pool.shares]) for pool in pools],
        "sample": SAMPLE,
        "files": [(kind, f"?{asked.query(**{'as': kind})}") for kind in ("csv", "xlsx")],
    }
    return answer(request, "reports/shares.html", "Shares", told)


def _line(share: Any, pool: PoolShares) -> dict[str, Any]:
    """A row with its bar: the part of the pool's sales that it had, and a mark at what it should have had."""
    most = max([float(one.should) for one in pool.shares] + [float(one.had) for one in pool.shares] + [1.0])
    why = ", ".join(f"{why_said(code)} {count:,}" for code, count in share.why)
    return {
        "share": share,
        "had_at": round(share.had * 100 / most),
        "should_at": round(float(share.should) * 100 / most),
        "not_eligible": pool.sales - share.eligible,
        "why": why,
        "counts": [
            (title, count, address_of(number) if count else "")
            for title, count, number in (
                ("Refused", share.refused, share.refusals),
                ("Failed", share.failed, share.failures),
            )
        ],
        "link": address_of(share.number) if share.had else "",
    }


def table(pools: list[PoolShares], days: Days) -> Table:
    """All pools as one table."""
    headings = [
        "Pool",
        "Client",
        "Sales of the pool",
        "Could have had",
        "Should have had",
        "Had",
        "Off",
        "Furthest off",
        "Refused",
        "Failed",
    ]
    kinds = ["text", "text", "count", "count", "money", "count", "money", "money", "count", "count"]
    rows: list[list[Any]] = [
        [pool.title, one.name, pool.sales, one.eligible, one.should, one.had, one.off, one.furthest, one.refused, one.failed]
        for pool in pools
        for one in pool.shares
    ]
    return Table("Shares", f"{days.said}, days of {viewer().company_zone.key}", headings, kinds, rows)
