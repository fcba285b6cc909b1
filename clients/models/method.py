from django.db import models
from simple_history.models import HistoricalRecords

from clients.enums import AuthKind, BodyKind, FileEvery, HttpVerb, MethodKind, ServerErrorMeans
from clients.models.client import Client
from clients.models.secret import SecretField
from leads.models.fields import Archivable


class DeliveryMethod(Archivable):
    """How leads travel to one client: where to, in what shape, and what its answers mean."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="methods")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=MethodKind, default=MethodKind.WEBHOOK)
    is_enabled = models.BooleanField("enabled", default=True)

    url = models.CharField("production address", max_length=1000, blank=True)
    test_url = models.CharField("test address", max_length=1000, blank=True)
    verb = models.CharField("method", max_length=5, choices=HttpVerb, default=HttpVerb.POST)
    body_kind = models.CharField("body", max_length=5, choices=BodyKind, default=BodyKind.JSON)
    headers = models.JSONField(default=dict, blank=True, help_text="Name to value")
    auth_kind = models.CharField("authentication", max_length=8, choices=AuthKind, default=AuthKind.NONE)
    auth_user = models.CharField("user name", max_length=200, blank=True)
    secret = SecretField(blank=True, help_text="Password, token or signing key; never shown again")

    token_url = models.CharField("token address", max_length=1000, blank=True, help_text="Where the client gives out access tokens")
    token_scope = models.CharField("scope", max_length=300, blank=True, help_text="Only if the client asks for one")

    field_map = models.JSONField(
        default=list, blank=True, help_text='The client\'s name, our field, a transform: [["fname", "first_name", ""]]; empty = all fields'
    )
    template = models.TextField("body template", blank=True, help_text="Liquid over the lead's fields, where a field map does not do")
    rules = models.JSONField(
        "response rules", default=list, blank=True, help_text="The first that matches decides; none = any 2xx is accepted"
    )
    server_error_means = models.CharField(
        "a server error means", max_length=10, choices=ServerErrorMeans, default=ServerErrorMeans.IN_DOUBT
    )
    recognises_repeats = models.BooleanField("the client recognises repeats", default=True, help_text="By Idempotency-Key")
    timeout_seconds = models.PositiveSmallIntegerField("time limit", default=30, help_text="Seconds for the whole exchange, 1 to 120")
    retries = models.PositiveSmallIntegerField(default=3, help_text="After 10, 30 and 120 seconds, then every 120")

    to_address = models.CharField("to", max_length=1000, blank=True, help_text="E-mail addresses, separated by commas")
    subject = models.CharField(max_length=300, blank=True)
    text_body = models.TextField("text", blank=True)
    html_body = models.TextField("HTML", blank=True)
    attaches_csv = models.BooleanField("attach a CSV", default=False, help_text="One line with the field map's columns")

    ping_url = models.CharField(
        "ping address", max_length=1000, blank=True, help_text="Asked before the lead is sold; gets no personal data"
    )
    ping_test_url = models.CharField("test address for pings", max_length=1000, blank=True)
    ping_field_map = models.JSONField(
        "ping fields", default=list, blank=True, help_text="As the field map; empty = state, ZIP code, city and country"
    )
    ping_rules = models.JSONField(
        "ping response rules", default=list, blank=True, help_text="The first that matches decides; a price that it reads is the bid"
    )

    host = models.CharField("SFTP server", max_length=255, blank=True, help_text="A name, such as sftp.client.example")
    port = models.PositiveIntegerField(default=22)
    folder = models.CharField(max_length=500, blank=True, help_text="Where files are put; empty is where the server lets us in")
    host_key = models.TextField(
        "host key", blank=True, help_text="The server's public key, such as ssh-ed25519 AAAA…; no other server gets the file"
    )
    file_every = models.CharField("one file", max_length=4, choices=FileEvery, default=FileEvery.HOUR)

    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    config_errors_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    ping_failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    pauses = models.PositiveIntegerField(default=0, editable=False, help_text="How often in a row the breaker opened")
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    paused_reason = models.CharField(max_length=300, blank=True, editable=False)
    alerted_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When administrators were told of the pause")
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(
        excluded_fields=[
            "secret",
            "tested_at",
            "failures_in_a_row",
            "config_errors_in_a_row",
            "ping_failures_in_a_row",
            "pauses",
            "paused_until",
            "paused_reason",
            "alerted_at",
        ]
    )

    class Meta:
        ordering = ["client__name", "name"]
        constraints = [models.UniqueConstraint(fields=["client", "name"], name="one_method_a_name")]

    def __str__(self) -> str:
        return self.name
