import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from distribution.admin.trial import TrialPage
from distribution.admin.workbench import Workbench
from distribution.mail_rates import mail_report
from distribution.transports.masking import MASK, shown_headers
from distribution.transports.registry import check_config
from leads.admin.base import ArchivedFilter
from leads.admin.forms import CodeWidget, WrittenJSONField
from leads.admin.history import Historied
from leads.clock import database_now
from leads.menu import Place
from leads.words import pill, when

MAP_HELP = 'The client\'s name, our field, a transform: [["fname", "first_name", ""], ["tel", "phone", "digits"]]. Empty sends all fields.'
RULES_HELP = (
    'The first that matches decides: [{"when": {"status": [200], "path": "$.status", "equals": "ok"}, "means": "accepted", '
    '"reference": "$.id", "price": "$.price"}]. None takes any 2xx for accepted.'
)
WEBHOOK = "(kind == 'webhook' || kind == 'ping_post')"
PING = "kind == 'ping_post'"
PING_MAP_HELP = (
    'As the field map: [["zip", "zip"], ["type", "", "fixed:solar"], ["id", "ping_id"]]. Never a field that tells who the person is. '
    "Empty sends the number of the ping, country, state, city and ZIP code."
)
PING_RULES_HELP = (
    'A price that is read is the bid: [{"when": {"path": "$.bid"}, "means": "accepted", "price": "$.bid", "reference": "$.id"}, '
    '{"when": {"status": [200]}, "means": "rejected"}]. None takes any 2xx for a yes at the price of the account.'
)
EMAIL = "kind == 'email'"
FILE = "kind == 'file'"
NAMED = f"{FILE} || {WEBHOOK} && (auth_kind == 'basic' || auth_kind == 'digest' || auth_kind == 'oauth2')"
SECRET = f"{FILE} || {WEBHOOK} && auth_kind != 'none'"
KEY = re.compile(r"\s*(-----BEGIN [A-Z ]+-----)(.+)(-----END [A-Z ]+-----)\s*", re.DOTALL)
"""A private key as it is pasted: a field of one line swallows its line ends."""


class MethodForm(forms.ModelForm):
    """The secret goes in and never comes out: an empty field keeps it."""

    headers = WrittenJSONField(empty=dict, rows=3, help_text='Name to value, such as {"X-Partner": "northline"}')
    field_map = WrittenJSONField(empty=list, help_text=MAP_HELP)
    rules = WrittenJSONField(empty=list, label="Response rules", help_text=RULES_HELP)
    ping_field_map = WrittenJSONField(empty=list, label="Ping fields", help_text=PING_MAP_HELP)
    ping_rules = WrittenJSONField(empty=list, label="Ping response rules", help_text=PING_RULES_HELP)
    secret = forms.CharField(required=False, strip=False, max_length=2000, widget=UnfoldAdminPasswordWidget(render_value=False))
    forgets_secret = forms.BooleanField(required=False, label="Forget the secret")

    class Meta:
        model = DeliveryMethod
        fields = "__all__"
        widgets = {"template": CodeWidget(8), "text_body": CodeWidget(8), "html_body": CodeWidget(8), "host_key": CodeWidget(2)}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "secret" in self.fields:
            is_set = bool(self.instance.pk and self.instance.secret)
            self.fields["secret"].help_text = (
                "A secret is kept. Leave this empty to keep it."
                if is_set
                else "Password, token, private key, client secret or signing key; never shown again"
            )
            self.fields["secret"].widget.attrs["autocomplete"] = "new-password"

    def clean_secret(self) -> str:
        given = str(self.cleaned_data["secret"] or (self.instance.secret if self.instance.pk else ""))
        if key := KEY.fullmatch(given):
            return f"{key[1]}\n{''.join(key[2].split())}\n{key[3]}\n"
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("forgets_secret"):
            cleaned["secret"] = ""
        if not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        """Ask the transport what would keep the method from working, and say it beside the fields."""
        tried = DeliveryMethod(**{name: value for name, value in cleaned.items() if name in COLUMNS})
        for problem in check_config(tried):
            field, _, place = problem.field.partition("[")
            known = field in self.fields
            place = f"[{place}" if place else problem.field if not known else ""
            self.add_error(field if known else None, f"{place}: {problem.message}" if place else problem.message)


SECRETS = frozenset({"secret", "forgets_secret"})
COLUMNS = frozenset(field.name for field in DeliveryMethod._meta.concrete_fields if field.editable)


def place_of(row: DeliveryMethod) -> str:
    """Where a method delivers to, in short."""
    if row.kind == MethodKind.FILE:
        return f"{row.host}/{row.folder.strip('/')}".rstrip("/")
    if row.kind == MethodKind.PORTAL:
        return "the client's own view"
    return row.to_address if row.kind == MethodKind.EMAIL else row.url.split("?")[0]


def address_told(address: str) -> str:
    """An address without the values of its query, among which a key may stand."""
    place, mark, query = address.partition("?")
    shown = "&".join(f"{part.partition('=')[0]}={MASK}" if "=" in part else MASK for part in query.split("&"))
    return f"{place}?{shown}" if mark else place or "none"


def headers_told(headers: Any) -> str:
    return "\n".join(f"{name}: {value}" for name, value in shown_headers(headers).items()) if headers else "none"


METHOD_TELLERS = {
    **dict.fromkeys(["url", "test_url", "ping_url", "ping_test_url", "token_url"], address_told),
    "headers": headers_told,
}


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(Workbench, TrialPage, Historied):
    menu = Place("Clients", "Delivery methods", 30)
    found_by_number = True
    empty_title = "A delivery method is how leads travel to a client"
    empty_text = (
        "A webhook with the shape the client wants, an e-mail, a file by SFTP, or the client's own view. Accounts of the client use it; "
        "test it before the first lead does."
    )
    form = MethodForm
    list_display = ["title", "kind", "goes_to", "tested", "state"]
    list_filter = ["kind", "is_enabled", ArchivedFilter]
    list_select_related = ["client"]
    search_fields = ["name", "client__name", "url", "to_address"]
    autocomplete_fields = ["client"]
    readonly_fields = ["breaker"]
    change_form_outer_before_template = "distribution/method_top.html"
    history_tellers = METHOD_TELLERS
    history_hidden = ("secret", "forgets_secret")
    actions_detail = ["send_a_test", "archive", "restore"]
    radio_fields = {"kind": admin.HORIZONTAL}
    fieldsets = [
        (None, {"fields": ["client", ("name", "is_enabled"), "kind", "breaker"]}),
        (
            "Where to",
            {"fields": ["url", "test_url", ("verb", "body_kind"), "to_address", ("host", "port"), "host_key", ("folder", "file_every")]},
        ),
        (
            "The ping",
            {
                "fields": ["ping_url", "ping_test_url", "ping_field_map", "ping_rules"],
                "description": (
                    "Asked before the lead is sold: will you buy it, and for how much? The bid, rounded down to the cent, ranks the "
                    "account and is the price; below the price of the account or its required profit the lead goes past it. The post "
                    "follows to the production address, and names the ping in X-Ping-Id and X-Ping-Reference. Verb, body, headers and "
                    "authentication are the same for both."
                ),
            },
        ),
        ("Who we are", {"fields": ["headers", ("auth_kind", "auth_user"), "secret", "forgets_secret", ("token_url", "token_scope")]}),
        ("What is sent", {"fields": ["field_map", "template", "subject", "text_body", "html_body", "attaches_csv"]}),
        ("What answers mean", {"fields": ["rules", ("server_error_means", "recognises_repeats")]}),
        ("Patience", {"fields": [("timeout_seconds", "retries")], "classes": ["collapse"]}),
    ]
    conditional_fields = {
        **dict.fromkeys(
            ["url", "test_url", "verb", "body_kind", "headers", "auth_kind", "template", "rules", "server_error_means"], WEBHOOK
        ),
        "field_map": f"{WEBHOOK} || {FILE} || {EMAIL} && attaches_csv",
        **dict.fromkeys(["recognises_repeats", "timeout_seconds"], f"{WEBHOOK} || {FILE}"),
        "retries": "kind != 'portal'",
        **dict.fromkeys(["host", "port", "host_key", "folder", "file_every"], FILE),
        **dict.fromkeys(["token_url", "token_scope"], f"{WEBHOOK} && auth_kind == 'oauth2'"),
        **dict.fromkeys(["ping_url", "ping_test_url", "ping_field_map", "ping_rules"], PING),
        "auth_user": NAMED,
        **dict.fromkeys(["secret", "forgets_secret"], SECRET),
        **dict.fromkeys(["to_address", "subject", "text_body", "html_body", "attaches_csv"], EMAIL),
    }

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may not change a method is shown everything of it but the secret: shown fields are written out."""
        shown = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return shown
        return [(title, options | {"fields": [name for name in options["fields"] if name not in SECRETS]}) for title, options in shown]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        method = context.get("original")
        if method is not None:
            context["mails"] = mail_report(method, now=database_now())
        return super().render_change_form(request, context, *args, **options)

    def history_hint(self, row: DeliveryMethod) -> str:
        return "Secrets are never kept in it: after going back, the secret is the one of today."

    def save_model(self, request: HttpRequest, obj: DeliveryMethod, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if change and "secret" in form.cleaned_data and form.cleaned_data["secret"] != form.initial.get("secret"):
            said = "The secret was changed" if obj.secret else "The secret was forgotten"
            obj._change_reason = said  # type: ignore[attr-defined]  # noqa: SLF001 -- how django-simple-history takes it
        super().save_model(request, obj, form, change)

    def search_title(self, row: DeliveryMethod) -> str:
        return f"{row.client.name} › {row.name}"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset.select_related("client"), search_term)

    @display(description="Method", ordering="client__name", header=True)
    def title(self, row: DeliveryMethod) -> list[str]:
        return [row.name, row.client.name]

    @display(description="To")
    def goes_to(self, row: DeliveryMethod) -> str:
        place = place_of(row)
        return place if len(place) <= 60 else f"{place[:59]}…"

    @display(description="Tested", ordering="tested_at")
    def tested(self, row: DeliveryMethod) -> SafeString | str:
        return when(row.tested_at) if row.tested_at else "never"

    @display(description="State", ordering="is_enabled")
    def state(self, row: DeliveryMethod) -> SafeString:
        if row.is_archived:
            return pill("archived", "Archived")
        if not row.is_enabled:
            return pill("off", "Switched off")
        return pill("paused", "Paused after failures") if row.paused_until else pill("enabled", "Enabled")

    @display(description="Health")
    def breaker(self, row: DeliveryMethod) -> str:
        if not row.pk:
            return "Not used yet."
        if row.paused_until and row.paused_until > database_now():
            return f"Paused after failures: {row.paused_reason or 'it did not answer'}"
        if row.failures_in_a_row:
            return f"{row.failures_in_a_row} failures in a row."
        return "Tested." if row.tested_at else "Never tested. Send a test before the first lead goes there."
