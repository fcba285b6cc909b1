"""Saved reports by mail each morning: once a day of the company, to their owner, while that person may still see them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse

from distribution.models import SavedReport
from distribution.reports.files import as_csv
from distribution.reports.tables import TABLES
from distribution.services.report_cells import company_zone

log = structlog.get_logger(__name__)

MORNING = 6
"""The hour of the company's day from which reports go out."""
RIGHT = "distribution.view_report"


def mail_reports(*, now: datetime) -> int:
    """Send what is due and return how many mails it was. Marked first and sent afterwards: rather once too few than twice."""
    zone = ZoneInfo(company_zone())
    local = now.astimezone(zone)
    if local.hour < MORNING:
        return 0
    due = SavedReport.objects.filter(Q(mailed_on=None) | Q(mailed_on__lt=local.date()), is_mailed=True)
    sent = 0
    for saved in due.select_related("owner"):
        still = due.filter(pk=saved.pk)
        if still.update(mailed_on=local.date()) and saved.owner.email and saved.owner.has_perm(RIGHT):
            sent += _send(saved, local, zone)
    return sent


def _send(saved: SavedReport, local: datetime, zone: ZoneInfo) -> int:
    table = TABLES[saved.page](saved.query, local.date(), zone)
    link = f"{settings.PUBLIC_URL.rstrip('/')}{reverse(f'admin:report_{saved.page}')}?{saved.query}"
    text = f"{table.title}: {table.about}.\n\nThe report is attached. To open it, or to end this mail: {link}\n"
    mail = EmailMessage(f"Switchyard: {saved.name}", text, settings.DEFAULT_FROM_EMAIL, [saved.owner.email])
    mail.attach(f"{saved.page}-{local:%Y-%m-%d}.csv", as_csv(table), "text/csv")
    try:
        mail.send()
    except Exception as error:  # noqa: BLE001 -- whatever ails the mail server, the page shows the report too
        log.warning("report.not_sent", report=saved.pk, error=type(error).__name__)
        return 0
    return 1
