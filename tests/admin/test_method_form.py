"""Delivery methods as an administrator sets them up: each kind with what it needs, and every mistake beside its field."""

from typing import Any

import asyncssh
import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import DeliveryMethod
from distribution.demo.factories import AdministratorFactory, ClientFactory

pytestmark = pytest.mark.django_db
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


@pytest.fixture
def staff() -> Browser:
    browser = Browser()
    browser.force_login(AdministratorFactory.create())
    return browser


def form(**changes: Any) -> dict[str, Any]:
    return {
        "client": ClientFactory.create().pk, "name": "Way", "is_enabled": "on", "verb": "POST", "body_kind": "json", "auth_kind": "none",
        "server_error_means": "in_doubt", "recognises_repeats": "on", "timeout_seconds": "30", "retries": "3", "port": "22",
        "file_every": "hour", "headers": "", "field_map": "", "rules": "", "ping_field_map": "", "ping_rules": "",
    } | changes  # fmt: skip


SFTP = {
    "kind": "file", "host": "93.184.215.14", "host_key": HOST_KEY, "folder": "incoming", "auth_user": "us", "secret": "s3cret",
}  # fmt: skip
OAUTH = {
    "kind": "webhook", "url": "https://93.184.215.14/leads", "auth_kind": "oauth2", "auth_user": "id", "secret": "s3cret",
    "token_url": "https://93.184.215.14/token",
}  # fmt: skip


def post(staff: Browser, fields: dict[str, Any]) -> Any:
    return staff.post(reverse("admin:clients_deliverymethod_add"), fields)


@pytest.mark.parametrize(
    "given", [SFTP, OAUTH, {"kind": "portal"}, {"kind": "email", "to_address": "a@client.example", "attaches_csv": "on"}]
)
def test_every_kind_is_saved_with_what_it_needs(staff: Browser, given: dict[str, Any]) -> None:
    answer = post(staff, form(**given))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    saved = DeliveryMethod.objects.get()
    assert {name: getattr(saved, name) for name in given if name != "attaches_csv"} == {
        name: value for name, value in given.items() if name != "attaches_csv"
    }
    assert b"s3cret" not in staff.get(reverse("admin:clients_deliverymethod_change", args=[saved.pk])).content


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        (SFTP | {"host": "sftp://client.example"}, "host", "Enter the server's name, such as sftp.client.example"),
        (SFTP | {"host": "10.0.0.7"}, "host", "10.0.0.7 leads to 10.0.0.7, which is not a public address."),
        (SFTP | {"port": "25"}, "port", "Port 25 is not allowed; allowed are 22, 2222"),
        (SFTP | {"host_key": "AAAA"}, "host_key", "Enter the server's public key, such as ssh-ed25519 AAAA…."),
        (SFTP | {"folder": "../etc"}, "folder", "A folder is a path such as incoming/leads"),
        (SFTP | {"secret": "-----BEGIN OPENSSH PRIVATE KEY-----x-----END OPENSSH PRIVATE KEY-----"}, "secret", "cannot be read"),
        (OAUTH | {"token_url": "https://127.0.0.1/token"}, "token_url", "which is not a public address"),
        (OAUTH | {"auth_user": ""}, "auth_user", "Enter the client id."),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(staff: Browser, given: dict[str, Any], field: str, says: str) -> None:
    errors = post(staff, form(**given)).context["adminform"].form.errors
    assert list(errors) == [field]
    assert says in errors[field][0]
    assert DeliveryMethod.objects.count() == 0


def test_a_private_key_pasted_into_one_line_is_read(staff: Browser) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    assert post(staff, form(**SFTP | {"secret": key.replace("\n", "")})).status_code == 302
    read = asyncssh.import_private_key(DeliveryMethod.objects.get().secret or "")
    assert read.public_data == asyncssh.import_private_key(key).public_data
