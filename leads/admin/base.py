"""What every admin class shares: rows by role, 404 for what one may not see, archiving instead of deleting."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import PROTECT, Model, QuerySet
from django.db.models.deletion import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant

from leads.admin.widgets.zone import ZoneWidget
from leads.clock import database_now
from leads.menu import Place
from leads.models.fields import check_zone


class BoundedPaginator(Paginator):
    """Counts exactly up to 10,000 rows; beyond that nobody pages, one filters."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return min(rows.order_by().values("pk")[: self.most + 1].count(), self.most)


class WithoutDeletePopups:
    """Beside a choice of a row there is no link that deletes it: it would be refused, since the row is in use."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field


class ScopedAdmin(WithoutDeletePopups, ModelAdmin):
    """Shows the rows a person may see, and gives the same 404 for foreign rows, missing rows and hidden features."""

    menu: Place | None = None
    empty_title = ""
    """What an empty list says this is for; `empty_text` says how to begin."""
    empty_text = ""
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    actions: Any = None
    save_on_top = False
    zone_empty = ""
    """What an empty time zone means."""
    found_by_number = False
    """Whether the search for everything looks here."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A time zone is chosen, not written; what is none never reaches the row, whose page would ask the clock of it."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name == "time_zone" and field:
            field.widget = ZoneWidget(self.zone_empty if db_field.blank else "")
            field.validators = [*field.validators, check_zone]
        return field

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError):
            raise PermissionDenied("It has been used, so it is archived instead of deleted.") from None

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        shown.empty_text = self.say_why_empty(request)
        shown.title = str(self.opts.verbose_name_plural).capitalize()  # the tab's name; Django's is an order to the reader
        return shown

    def say_why_empty(self, request: HttpRequest) -> str:
        """Say what would stand in the list, and how it gets there."""
        return self.empty_text

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Delete only what nothing refers to; the rest is archived."""
        return super().has_delete_permission(request, obj) and not (isinstance(obj, Model) and is_used(obj))

    def get_or_404(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def search_title(self, row: Any) -> str:
        """Name a row in the search for everything."""
        return str(row)

    def back_to(self, row: Model) -> HttpResponse:
        """Answer a dialog: the page of the row is loaded anew."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        return HttpResponse(status=204, headers={"HX-Redirect": address})


def is_used(row: Model) -> bool:
    """Whether a row of another model refers to it and would be left without it."""
    protected = [relation for relation in row._meta.related_objects if getattr(relation, "on_delete", None) is PROTECT]
    return any(relation.related_model._default_manager.filter(**{relation.field.name: row}).exists() for relation in protected)


class ReadOnly:
    """A ledger: rows are written by the product, never by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ArchivedFilter(SimpleListFilter):
    """Archived rows are out of sight until they are asked for."""

    title = "archived"
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Archived"), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        chosen = self.value()
        for value, word in [(None, "In use"), *self.lookup_choices]:
            link = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": chosen == value, "query_string": link, "display": word}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "yes")


class Archiving(ScopedAdmin):
    """What has been used is archived: it takes part in nothing more, and its past stays readable."""

    actions_detail: Any = ["archive", "restore"]

    @action(
        description="Archive",
        icon="archive",
        permissions=["change"],
        dialog={
            "title": "Archive this?",
            "description": "It leaves the lists and takes part in nothing more. Its past stays readable, and it can be restored.",
            "form_submit_text": "Archive",
        },
        variant=ActionVariant.DEFAULT,
    )
    def archive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.get_or_404(request, object_id)
        row.archived_at = database_now()
        row.save()
        self.log_change(request, row, "Archived.")
        messages.success(request, f"{row} is archived.")
        return self.back_to(row)

    @action(
        description="Restore",
        icon="unarchive",
        permissions=["change"],
        dialog={
            "title": "Restore this?",
            "description": "It takes part again at once, as its own state says.",
            "form_submit_text": "Restore",
        },
    )
    def restore(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.get_or_404(request, object_id)
        row.archived_at = None
        row.save()
        self.log_change(request, row, "Restored.")
        messages.success(request, f"{row} is restored.")
        return self.back_to(row)

    def get_actions_detail(self, request: HttpRequest, object_id: str | None = None) -> list[Any]:
        """Offer the one of the two that changes something."""
        row = self.get_object(request, object_id) if object_id else None
        hidden = "archive" if row is not None and row.archived_at else "restore"
        return [one for one in super().get_actions_detail(request, object_id) if one.method.original_function_name != hidden]
