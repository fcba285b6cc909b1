"""Where mails lead back to: the pixel, the links, and reports of mails that came back. Only what we signed is answered."""

import base64

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distribution.enums import MailEventKind
from distribution.models import Delivery
from distribution.services.track import News, note
from distribution.transports import mail_marks
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
