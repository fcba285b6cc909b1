"""Secrets under a new key: written anew by one command, readable all the time, and never printed."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from clients.models import DeliveryMethod
from clients.services.rotate import count_by_key, rotate_secrets
from distribution.demo.factories import DeliveryMethodFactory

pytestmark = pytest.mark.django_db
OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


def run(*options: str) -> str:
    out = StringIO()
    call_command("rotate_secrets", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def old(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    for secret in ("CANARY-1", "CANARY-2", ""):
        DeliveryMethodFactory.create(secret=secret)
    settings.ENCRYPTION_KEYS = [NEW, OLD]


@pytest.mark.usefixtures("old")
def test_after_the_command_the_old_key_can_go(settings: Any) -> None:
    DeliveryMethodFactory.create(secret="CANARY-3")
    with pytest.raises(CommandError, match="Old keys are still needed"):
        run("--check")
    said = run()
    assert said.splitlines() == [
        "2 secrets written anew under the newest key.",
        "3 under the newest key.",
        "No old key is needed any more.",
    ]
    settings.ENCRYPTION_KEYS = [NEW]
    assert sorted(DeliveryMethod.objects.values_list("secret", flat=True)) == ["", "CANARY-1", "CANARY-2", "CANARY-3"]
    assert (rotate_secrets(), "CANARY" in said) == (0, False)


@pytest.mark.usefixtures("old")
def test_what_no_key_reads_is_left_as_it_is_and_told(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_deliverymethod SET secret = %s WHERE secret <> ''", [Fernet(LOST).encrypt(b"x").decode()])
    with pytest.raises(CommandError, match="2 can be read by no key of ENCRYPTION_KEYS"):
        run()
    assert count_by_key() == {-1: 2}


@pytest.mark.usefixtures("old")
def test_a_secret_that_is_replaced_meanwhile_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from clients.services import rotate

    before = rotate._kept
    row = DeliveryMethod.objects.exclude(secret="").first()

    def changed(place: Any) -> Any:
        found = before(place)
        DeliveryMethod.objects.filter(pk=row.pk).update(secret="NEWER")
        return found

    monkeypatch.setattr(rotate, "_kept", changed)
    assert rotate_secrets() == 1
    row.refresh_from_db()
    assert row.secret == "NEWER"
