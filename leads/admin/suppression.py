from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from leads.admin.suppression_pages import SuppressionPages
from leads.clock import database_now
from leads.domain.normalise_email import read_email
from leads.domain.normalise_phone import read_phone
from leads.domain.normalise_text import Refused
from leads.enums import SuppressionKind
from leads.menu import Place
from leads.models import Suppression
from leads.services.suppress import suppress, suppression_digest
from leads.words import phone, when


class SuppressionForm(forms.ModelForm):
    kind = forms.ChoiceField(choices=SuppressionKind.choices, widget=UnfoldAdminSelectWidget)
    value = forms.CharField(
        label="Phone or e-mail",
        max_length=254,
        widget=UnfoldAdminTextInputWidget,
        help_text="A phone number such as 312 555 0143, or an address",
    )

    class Meta:
        model = Suppression
        fields = ["kind", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind and value:
            try:
                cleaned["normal"] = read_phone(value)[0] if kind == SuppressionKind.PHONE else read_email(value)
            except Refused as problem:
                self.add_error("value", str(problem))
        return cleaned


@admin.register(Suppression)
class SuppressionAdmin(SuppressionPages):
    """People who must not be called or sold. An entry is made once and never changed; taking it off needs a reason that is kept."""

    menu = Place("Settings", "Suppression", 90)
    empty_title = "People who must not be called or sold"
    empty_text = "Intake, distribution and the sales floor all respect this list. A person is known by phone or by e-mail."
    list_display = ["shown_value", "kind", "reason", "added", "added_by", "off"]
    list_filter = ["kind"]
    list_select_related = ["created_by"]
    search_fields = ["shown"]
    readonly_fields = ["kind", "shown", "reason", "created", "created_by"]
    form = SuppressionForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never without a reason: there is a page for it."""
        return False

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown = list(super().get_list_display(request))
        return shown if request.user.has_perm("leads.delete_suppression") else [name for name in shown if name != "off"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["kind", "value", "reason"] if obj is None else ["kind", "shown", "reason", "created", "created_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else self.readonly_fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Find a person by what is compared, also when what was entered has been erased."""
        digests = [digest for kind, read in READERS if (digest := _digest(kind, read, search_term))]
        if digests:
            return queryset.filter(digest__in=digests), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        entry = suppress(
            kind=form.cleaned_data["kind"],
            value=form.cleaned_data["normal"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=database_now(),
        )
        obj.__dict__.update(entry.__dict__)

    @display(description="Person", ordering="shown")
    def shown_value(self, row: Suppression) -> str:
        return phone(row.shown) or "erased"

    @display(description="Added", ordering="created")
    def added(self, row: Suppression) -> SafeString | str:
        return when(row.created)

    @display(description="")
    def off(self, row: Suppression) -> SafeString:
        return format_html('<a href="{}">Take off</a>', reverse("admin:suppression_remove", args=[row.pk]))

    @display(description="By")
    def added_by(self, row: Suppression) -> str:
        return str(row.created_by or "–")


READERS = ((SuppressionKind.PHONE, lambda text: read_phone(text)[0]), (SuppressionKind.EMAIL, read_email))


def _digest(kind: str, read: Any, text: str) -> bytes | None:
    try:
        return suppression_digest(kind, read(text))
    except Refused:
        return None
