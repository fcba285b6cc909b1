"""Beside the suppression list: take somebody off it with a reason, bring a list of people, take the list along, and its past."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.enums import SuppressionKind
from leads.models import Suppression, SuppressionChange
from leads.services.suppress import NoReason, suppress_values, unsuppress

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=200, label="Reason", widget=forms.TextInput({"class": "input"}), help_text="Such as: put on the list by mistake"
    )


class ImportForm(forms.Form):
    people = forms.CharField(
        required=False, label="Phones and e-mails, one a line", widget=forms.Textarea({"class": "input", "rows": 8}), strip=False
    )
    file = forms.FileField(
        required=False, label="Or a text or CSV file with them in its first column", widget=forms.FileInput({"class": "input file"})
    )
    reason = forms.CharField(max_length=200, required=False, label="Reason", widget=forms.TextInput({"class": "input"}))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file has more than {MOST_BYTES // 1024 // 1024} MB. Split it.")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        text = cleaned.get("people", "")
        if file := cleaned.get("file"):
            text = _text_of(file.read())
        cleaned["values"] = list(values_of(text))
        if not cleaned["values"]:
            self.add_error("people", "There is no phone or e-mail. Write one a line, or choose a file.")
        if len(cleaned["values"]) > MOST_ROWS:
            self.add_error("people", f"More than {MOST_ROWS:,} at once. Split the list.")
        return cleaned


def _text_of(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def values_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and value of each line's first cell; a heading without a digit or an @ is none."""
    for line in text.replace("\x00", "").splitlines():
        value = line.replace(";", ",").replace("\t", ",").partition(",")[0].strip().strip("\"'").strip()
        if "@" in value:
            yield SuppressionKind.EMAIL, value[:254]
        elif any(char.isdigit() for char in value):
            yield SuppressionKind.PHONE, value[:60]


class SuppressionPages(ScopedAdmin):
    """Whoever may add may import; removing and taking the whole list along is for who may remove."""

    list_before_template = "leads/suppression_tools.html"

    def get_urls(self) -> list[Any]:
        own = [
            path("import/", self.admin_site.admin_view(self.import_view), name="suppression_import"),
            path("export/", self.admin_site.admin_view(self.export_view), name="suppression_export"),
            path("history/", self.admin_site.admin_view(self.past_view), name="suppression_past"),
            path("<int:object_id>/remove/", self.admin_site.admin_view(self.remove_view), name="suppression_remove"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may = {"may_add": request.user.has_perm("leads.add_suppression"), "may_remove": request.user.has_perm("leads.delete_suppression")}
        return super().changelist_view(request, may | (extra_context or {}))

    def remove_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        self._need(request, "leads.delete_suppression")
        entry: Suppression = self.get_or_404(request, str(object_id))
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                unsuppress(entry=entry, reason=form.cleaned_data["reason"], by=request.user, now=database_now())
            except NoReason:
                form.add_error("reason", "Say why; it stays in the history.")
            else:
                messages.success(request, "Taken off the list. Leads of this person may be called and sold again.")
                return redirect("admin:leads_suppression_changelist")
        text = "Leads of this person may be called and sold again, from the next one on. Who did it and why stays in the history."
        return self._page(request, "admin/confirm.html", title="Take this person off the list?", text=text, button="Take off", form=form)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        self._need(request, "leads.add_suppression")
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            told = form.cleaned_data
            taken = suppress_values(values=told["values"], reason=told["reason"], by=request.user, now=database_now())
            said = f"{taken.added:,} new on the list, {taken.known:,} on it before, {taken.wrong:,} neither a phone nor an e-mail."
            messages.add_message(request, messages.WARNING if taken.wrong else messages.SUCCESS, said)
            return redirect("admin:leads_suppression_changelist")
        return self._page(request, "leads/suppression_import.html", title="Bring a list of people", form=form)

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        self._need(request, "leads.delete_suppression")
        rows = self.get_queryset(request).select_related("created_by").order_by("-created", "-id")
        headers = {"Content-Disposition": 'attachment; filename="suppression.csv"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(_lines(rows.iterator(chunk_size=2_000)), content_type="text/csv; charset=utf-8", headers=headers)

    def past_view(self, request: HttpRequest) -> HttpResponse:
        self._need(request, "leads.view_suppression")
        rows = SuppressionChange.objects.select_related("by").order_by("-at", "-id")[:10_000]
        shown = Paginator(rows, 50).get_page(request.GET.get("p"))
        return self._page(request, "leads/suppression_past.html", title="History of the suppression list", shown=shown)

    def _need(self, request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(permission):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, **told: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "back": reverse("admin:leads_suppression_changelist")}
        return TemplateResponse(request, template, frame | told)


def _lines(rows: Any) -> Iterator[str]:
    yield _line(["kind", "person", "reason", "added", "by"])
    for row in rows:
        by = row.created_by.get_username() if row.created_by else ""
        yield _line([row.kind, row.shown or "erased", row.reason, row.created.isoformat(), by])


def _line(cells: list[str]) -> str:
    """A cell that a spreadsheet would read as a formula gets an apostrophe in front; a phone is one such cell."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return text.getvalue()
