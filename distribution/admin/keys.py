"""Making a campaign's keys, which are shown once, and posting links, and revoking them."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.models import Campaign, CampaignKey, PostingLink
from leads.services.keys import create_key, revoke_key
from leads.services.posting_links import create_link, revoke_link

EXAMPLE = {
    "fields": {"first_name": "Ada", "last_name": "Sample", "phone": "312 555 0143", "email": "ada@example.com", "zip": "60601"},
    "test": True,
}


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        required=False,
        label="Name",
        help_text="Who posts with it, such as “landing page”",
        widget=forms.TextInput({"class": "input"}),
    )
    days = forms.ChoiceField(
        choices=[("", "Never"), ("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year")],
        required=False,
        label="It ends",
        widget=forms.Select({"class": "input"}),
    )


class KeyPages(ScopedAdmin):
    """Pages of a campaign's keys; whoever may keep keys may make and revoke them."""

    @action(description="New API key", icon="key", permissions=["keep_keys"])
    def make_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:leads_campaign_new_key", args=[object_id]))

    def has_keep_keys_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("leads.add_campaignkey"))

    def new_key(self, request: HttpRequest, object_id: int) -> HttpResponse:
        campaign = self._keeper_of(request, object_id)
        form = KeyForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            told = {"text": "It is shown once. Whoever has it can post leads to this campaign.", "button": "Make the key", "form": form}
            return self._page(request, campaign, "admin/confirm.html", title=f"New key for {campaign}", **told)
        now, days = database_now(), form.cleaned_data["days"]
        ends = now + timedelta(days=int(days)) if days else None
        key, plain = create_key(campaign=campaign, by=request.user, name=form.cleaned_data["name"], now=now, expires_at=ends)
        self.log_change(request, campaign, f"Made the key {key}.")
        told = {"text": "Keep it where only your programs can read it. It is shown this once.", "secret": plain, "example": example(plain)}
        return self._page(request, campaign, "admin/shown_once.html", title=f"Key for {campaign}", **told)

    def revoke_key(self, request: HttpRequest, object_id: int, key_id: int) -> HttpResponse:
        campaign = self._keeper_of(request, object_id)
        key = get_object_or_404(CampaignKey, pk=key_id, campaign=campaign)
        text = "Whoever posts with it is refused from the next request on. This cannot be undone; a new key can be made."
        return self._revoked(request, campaign, f"key {key}", text, partial(revoke_key, key=key))

    @action(description="New posting link", icon="link", permissions=["keep_keys"])
    def make_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:leads_campaign_new_link", args=[object_id]))

    def new_link(self, request: HttpRequest, object_id: int) -> HttpResponse:
        campaign = self._keeper_of(request, object_id)
        if request.method != "POST":
            text = "Whoever has the link reads how to post to this campaign, without signing in. It shows no key, and can be revoked."
            return self._page(
                request, campaign, "admin/confirm.html", title=f"New posting link for {campaign}", text=text, button="Make the link"
            )
        link = create_link(campaign=campaign, by=request.user, now=database_now())
        self.log_change(request, campaign, f"Made the posting {link}.")
        messages.success(request, f"The posting {link} is made. Copy it from the list of posting links.")
        return redirect(self._back(campaign))

    def revoke_link(self, request: HttpRequest, object_id: int, link_id: int) -> HttpResponse:
        campaign = self._keeper_of(request, object_id)
        link = get_object_or_404(PostingLink, pk=link_id, campaign=campaign)
        text = "Its page is gone from the next request on. Keys stay as they are; a new link can be made."
        return self._revoked(request, campaign, f"posting {link}", text, partial(revoke_link, link=link))

    def _revoked(self, request: HttpRequest, campaign: Campaign, what: str, text: str, revoke: Callable[..., bool]) -> HttpResponse:
        """Say what revoking means, and do it when that is confirmed."""
        if request.method != "POST":
            return self._page(request, campaign, "admin/confirm.html", title=f"Revoke the {what}?", text=text, button="Revoke")
        if revoke(by=request.user, now=database_now()):
            self.log_change(request, campaign, f"Revoked the {what}.")
        messages.success(request, f"The {what} is revoked.")
        return redirect(self._back(campaign))

    def _keeper_of(self, request: HttpRequest, object_id: int) -> Campaign:
        campaign: Campaign = self.get_or_404(request, str(object_id))
        if not self.has_keep_keys_permission(request):
            raise PermissionDenied
        return campaign

    def _back(self, campaign: Campaign) -> str:
        return reverse("admin:leads_campaign_change", args=[campaign.pk])

    def _page(self, request: HttpRequest, campaign: Campaign, template: str, **told: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "original": campaign, "back": self._back(campaign)}
        return TemplateResponse(request, template, frame | told)


def example(plain: str) -> str:
    """Return a command that posts a test lead with the key."""
    return (
        f"curl -sS {settings.PUBLIC_URL.rstrip('/')}/api/v1/leads/ \\\n"
        f"  -H 'Authorization: Bearer {plain}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{json.dumps(EXAMPLE)}'"
    )
