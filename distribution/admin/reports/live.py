"""Reports > Live: leads as they come in, and where each one goes."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distribution.admin.reports.frame import RIGHT, answer
from distribution.reports.live import live
from leads.clock import database_now
from leads.menu import Place, page
from leads.models import Lead


@page(Place("Reports", "Live", 5), address="reports/live/", name="report_live", permission=RIGHT)
@require_safe
def live_page(request: HttpRequest) -> HttpResponse:
    told = {"live": live(Lead.objects.visible_to(request.user).filter(is_test=False), now=database_now())}
    return answer(request, "reports/live.html", "Live", told)
