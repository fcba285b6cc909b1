"""What a vendor reads, without signing in, to post to a campaign, and a form to try it. No key is ever shown or kept by it."""

import json
from io import BytesIO
from typing import Any

from django import forms
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from leads.api.body import JSON
from leads.api.caller import LONGEST_KEY, address_of
from leads.api.leads import post_lead
from leads.api.posting_code import programs
from leads.api.posting_spec import posting_spec
from leads.api.problems import bad_key
from leads.api.rate import limiter
from leads.models import PostingLink
from leads.queries import key_holder
from leads.services.keys import digest_of
from leads.services.lead_types import spec_of

ANSWERS = [
    ("201", "The lead is accepted; “id” is its number with us."),
    ("200", "Nothing new: “status” says whether it is a duplicate, or suppressed because the person must not be contacted."),
    ("400", "The body cannot be read; “errors” says why."),
    ("401", "The key is missing, unknown, revoked or expired."),
    ("403", "The campaign takes no leads now."),
    ("409", "The same Idempotency-Key came with another lead, or its first post is still being answered."),
    ("413, 415", "The body is too large, or of another kind than JSON or a form."),
    ("422", "The lead is rejected, and kept so; “errors” names each field and the remedy."),
    ("429", "Too many posts at once. Wait as many seconds as the header Retry-After says."),
    ("503", "Nothing was stored. Send the same again in a few seconds."),
]
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


class TrialForm(forms.Form):
    key = forms.CharField(
        max_length=LONGEST_KEY,
        label="Your key",
        widget=forms.PasswordInput({"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )
    lead = forms.CharField(label="The lead's fields, as JSON", widget=forms.Textarea({"class": "input", "rows": 8, "spellcheck": "false"}))

    def clean_lead(self) -> dict[str, Any]:
        try:
            lead = json.loads(self.cleaned_data["lead"])
        except (ValueError, RecursionError):
            lead = None
        if not isinstance(lead, dict):
            raise forms.ValidationError('This is not a JSON object. Write names and values, such as {"phone": "312 555 0100"}.')
        return lead


@require_http_methods(["GET", "HEAD", "POST"])
def posting_page(request: HttpRequest, token: str) -> HttpResponse:
    if wait := limiter().wait_seconds(f"posting:{address_of(request)}", per_second=settings.INTAKE_RATE, burst=settings.INTAKE_BURST):
        late = f"Too many requests. Wait {wait} s.\n"
        return HttpResponse(late, status=429, content_type="text/plain", headers=HEADERS | {"Retry-After": str(wait)})
    link = PostingLink.objects.filter(token=token, revoked_at=None).select_related("campaign__lead_type").first()
    if link is None:
        raise Http404
    campaign = link.campaign
    spec = posting_spec(campaign, spec_of(campaign.lead_type))
    example = spec["example"]
    form = TrialForm(request.POST or None, initial={"lead": json.dumps(example["fields"], indent=2)})
    told: dict[str, Any] = {"spec": spec, "form": form, "answers": ANSWERS, "programs": programs(spec["post_to"], example), "link": link}
    if request.method == "POST" and form.is_valid():
        answer = _posted(request, link, form.cleaned_data["key"].strip(), form.cleaned_data["lead"])
        told["answer"] = {"status": answer.status_code, "body": json.dumps(json.loads(answer.content), indent=2)}
    page = render(request, "posting.html", told)
    for name, value in HEADERS.items():
        page.headers[name] = value
    return page


def _posted(request: HttpRequest, link: PostingLink, key: str, fields: dict[str, Any]) -> HttpResponse:
    """Post a test lead through the very door that programs use; a key of another campaign opens nothing here."""
    holder = key_holder(digest_of(key))
    if holder is not None and holder.key.campaign_id != link.campaign_id:
        return bad_key().answer()
    body = json.dumps({"fields": fields, "test": True}).encode()
    kept = {
        name: value
        for name, value in request.META.items()
        if name.startswith(("SERVER_", "REMOTE_", "wsgi.", "HTTP_HOST", "HTTP_X_", "HTTP_USER"))
    }
    asked = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": reverse("api_leads"),
        "CONTENT_TYPE": JSON,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.input": BytesIO(body),
    }
    return post_lead(WSGIRequest(kept | asked))
