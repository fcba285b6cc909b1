"""Where mails lead back to: the pixel, the links, and reports of mails that came back. Only what we signed is answered."""

import base64

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from distribution.enums import MailEventKind
from distribution.models import Delivery
from distribution.services.bounces import Taken, take_report
from distribution.services.track import News, note
from distribution.transports import mail_marks
from distribution.transports.mail_reports import MOST_OCTETS
from leads.clock import database_now

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@require_safe
def mail_open(request: HttpRequest, token: str) -> HttpResponse:
    """A picture of one dot; whoever fetches it opened the mail."""
    delivery = mail_marks.opened(token)
    if delivery is None:
        raise Http404
    looks = request.method == "HEAD"
    note(News(delivery, MailEventKind.OPENED, "pixel", (), is_machine=looks), now=database_now())
    return HttpResponse(PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


@require_safe
def mail_click(request: HttpRequest, token: str) -> HttpResponse:
    """Lead on to a link that stands in this very mail."""
    found = mail_marks.clicked(token)
    if found is None:
        raise Http404
    delivery, number = found
    payload = Delivery.objects.filter(pk=delivery).values_list("payload", flat=True).first() or {}
    links = payload.get("links") or []
    if not (number < len(links) and mail_marks.is_web_address(links[number])):
        return render(request, "mail_link_gone.html", status=410)
    looks = request.method == "HEAD"
    note(News(delivery, MailEventKind.CLICKED, "link", (str(number),), is_machine=looks), now=database_now())
    return HttpResponseRedirect(links[number], headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


ANSWERS = {
    Taken.NOTED: (200, "Noted."),
    Taken.KNOWN: (200, "Known already, or of a mail that is not tracked."),
    Taken.NO_REPORT: (422, "This mail holds no report of a delivery. Post the whole mail as it came in, headers included."),
    Taken.FORGED: (403, "This mail did not come to the signed return address of a mail of ours, so it changes nothing."),
}


@csrf_exempt
@require_POST
def mail_bounce(request: HttpRequest) -> HttpResponse:
    """Take a report as a mail server posts it: the whole mail, which came to the signed return address of one of ours."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > MOST_OCTETS:
        return HttpResponse(f"Post at most {MOST_OCTETS // 1024} KiB.\n", status=413, content_type="text/plain")
    status, text = ANSWERS[take_report(request.body, source="report", now=database_now(), trusted_only=True)]
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")
