"""The two pages: all entries of a row, and one entry with what reverting to it would change."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelForm, modelform_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from simple_history.admin import SimpleHistoryAdmin

from leads.admin.base import Archiving
from leads.admin.history import revert
from leads.admin.history.books import REVERTED, Book, Entry, Part, marks_of, read_entries, read_entry
from leads.admin.history.telling import Teller, label_of, value_told


class Historied(Archiving, SimpleHistoryAdmin):
    """Configuration: who changed what, and when, can be read and taken back."""

    history_tellers: Mapping[str, Teller] = {}
    history_parts: Mapping[str, Part] = {}
    history_hidden: Sequence[str] = ()
    """Fields of the form that no history knows and that stay as they are when they come empty, such as secrets."""

    def history_hint(self, row: Any) -> SafeString | str:
        """Say what of the page is kept elsewhere."""
        return ""

    def _books(self, row: Any) -> list[Book]:
        own = Book("", self.model, _kept(self.model, "id", row.pk), self.history_tellers)
        parts = [
            Book(key, part.model, _kept(part.model, f"{part.owner}_id", row.pk), self.history_tellers)
            for key, part in self.history_parts.items()
        ]
        return [own, *parts]

    def _address(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def _show(self, request: HttpRequest, page: str, row: Any, title: str, status: int = 200, **told: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {
            "title": title,
            "row": row,
            "opts": self.opts,
            "noun": self.opts.verbose_name,
            "row_address": self._address("change", row.pk),
            "list_address": self._address("history", row.pk),
            "may_revert": self.has_change_permission(request, row),
            "shows_people": request.user.has_perm("pullqueue.view_user"),
        }
        return TemplateResponse(request, f"leads/history/{page}.html", frame | told, status=status)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_or_404(request, object_id)
        entries, chosen = read_entries(self._books(row), request.GET.get("page"))
        told = [(entry, self._address("simple_history", row.pk, entry.key)) for entry in entries]
        return self._show(request, "entries", row, f"History of {row}", entries=told, pages=chosen, hint=self.history_hint(row))

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None) -> HttpResponse:
        """The framework passes the ids by place, so that the site cannot see them."""
        row = self.get_or_404(request, object_id)
        books = self._books(row)
        entry = read_entry(books, version_id)
        if entry is None:
            raise Http404
        if request.method != "POST":
            return self._entry_page(request, row, books, entry)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return self._revert(request, row, books, entry)

    def _subject(self, row: Any, entry: Entry, request: HttpRequest) -> tuple[Any, type[ModelForm]]:
        """The row that the entry is of, and the form by which it is changed."""
        part = self.history_parts.get(entry.book.key)
        if part is None:
            return row, self.get_form(request, row, change=True)
        return part.model._default_manager.get(**{part.owner: row}), modelform_factory(part.model, form=part.form, exclude=[part.owner])

    def _entry_page(
        self, request: HttpRequest, row: Any, books: list[Book], entry: Entry, problems: Sequence[tuple[str, str]] = ()
    ) -> HttpResponse:
        may = self.has_change_permission(request, row)
        told: dict[str, Any] = {
            "entry": entry,
            "plan": revert.plan(entry, *self._subject(row, entry, request)) if may else (),
            "values": [(label_of(field), value_told(entry.record, field, entry.book.tellers)) for field in entry.book.fields],
            "based_on": _newest(books),
            "problems": problems,
        }
        return self._show(request, "entry", row, f"History of {row}", 422 if problems else 200, **told)

    def _revert(self, request: HttpRequest, row: Any, books: list[Book], entry: Entry) -> HttpResponse:
        here = self._address("simple_history", row.pk, entry.key)
        with transaction.atomic():
            self.model._default_manager.select_for_update().get(pk=row.pk)
            if request.POST.get("based_on") != _newest(books):
                messages.warning(request, "It was changed meanwhile. What reverting would change is shown anew.")
                return redirect(here)
            subject, form_class = self._subject(row, entry, request)
            if not revert.plan(entry, subject, form_class):
                messages.info(request, "It is like that already. Nothing was changed.")
                return redirect(self._address("history", row.pk))
            form = revert.filled(entry, subject, form_class, self.history_hidden)
            if form.is_valid():
                self._write(request, row, form, entry)
                messages.success(request, f"{row} is back to how it was. The history has a new entry; nothing was taken out of it.")
                return redirect(self._address("history", row.pk))
        return self._entry_page(request, self.get_or_404(request, str(row.pk)), books, entry, revert.problems_of(form))

    def _write(self, request: HttpRequest, row: Any, form: ModelForm, entry: Entry) -> None:
        written = form.save(commit=False)
        written._change_reason = f"{REVERTED}{entry.key}"  # noqa: SLF001 -- how django-simple-history takes it
        if entry.book.key:
            written.save()
        else:
            self.save_model(request, written, form, change=True)
        self.log_change(request, row, f"Reverted to entry {entry.key} of its history.")


def _kept(model: type[Any], key: str, number: int) -> QuerySet[Any]:
    """The kept states of one row, with who wrote each and the names that its keys lead to."""
    kept = model.history.model
    names = [field.name for field in kept.tracked_fields if isinstance(field, ForeignKey)]
    return kept._default_manager.filter(**{key: number}).select_related("history_user", *names)


def _newest(books: list[Book]) -> str:
    """What tells whether anything was changed since the page was made."""
    at, index, number = next(iter(marks_of(books)), (None, 0, 0))
    return f"{index}-{number}" if at else ""
