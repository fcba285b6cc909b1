"""A webhook's settings checked on save, its proofs of who sends, and what it keeps."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from clients.models import DeliveryMethod
from distribution.transports.envelope import Envelope
from distribution.transports.headers import signature, signing_key
from distribution.transports.masking import PLACE, kept_answer
from distribution.transports.webhook import check_config, retry_after, write_call

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ID = UUID("01935b3c-0000-7000-8000-000000000001")
KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()
FIELDS = frozenset({"first_name", "phone", "secret"})


def envelope(**options: Any) -> Envelope:
    payload = {
        "verb": "POST",
        "url": "https://client.example/",
        "headers": {"Content-Type": "application/json"},
        "body_kind": "json",
        "body": '{"a": 1}',
    }
    return Envelope(delivery=ID, payload=payload | options.pop("payload", {}), sent_at=NOON, **options)


def test_every_attempt_is_marked_with_the_delivery() -> None:
    headers = write_call(envelope()).headers
    assert (headers["Idempotency-Key"], headers["X-Delivery-Id"]) == (str(ID), str(ID))
    assert "Authorization" not in headers


def test_basic_and_bearer_authentication() -> None:
    assert write_call(envelope(auth_kind="basic", auth_user="us", secret="p:ü")).headers["Authorization"] == "Basic dXM6cDrDvA=="
    assert write_call(envelope(auth_kind="bearer", secret="t0ken")).headers["Authorization"] == "Bearer t0ken"


def test_a_signature_is_that_of_standard_webhooks() -> None:
    headers = write_call(envelope(auth_kind="signed", secret=KEY)).headers
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (str(ID), "1795608000")
    expected = hmac.new(bytes(range(32)), f'{ID}.1795608000.{{"a": 1}}'.encode(), hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


def test_the_signature_equals_the_published_vector_of_standard_webhooks() -> None:
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert (
        signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize(
    ("kind", "secret", "expected"),
    [
        ("json", 'a"b', rb'{"k": "a\"b"}'),
        ("form", "a&b", b'{"k": "a%26b"}'),
        ("xml", "a<b", b'{"k": "a&lt;b"}'),
        ("text", "a<b", b'{"k": "a<b"}'),
    ],
)
def test_the_secret_is_put_into_the_body_as_the_kind_of_body_needs_it(kind: str, secret: str, expected: bytes) -> None:
    assert write_call(envelope(payload={"body_kind": kind, "body": f'{{"k": "{PLACE}"}}'}, secret=secret)).body == expected


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0), ("0", 0.0), ("Wed, 25 Nov 2026 12:01:00 GMT", 60.0), ("Wed, 25 Nov 2026 11:59:00 GMT", -60.0), ("1000000000", 1e9),
        ("-1", None), ("1e9", None), ("soon", None), ("", None), ("Fri, 31 Dec 99999 23:59:59 GMT", None), ("١٢", None),
    ],
)  # fmt: skip
def test_x123_a_wait_asked_for_in_either_form_is_read_and_junk_is_not(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOON) == seconds


def test_an_answer_is_masked_before_it_is_cut() -> None:
    text = "x" * 4090 + "my-secret-token" + "tail"
    assert kept_answer(text, secret="my-secret-token") == "x" * 4090 + "••"
    echoed = base64.b64encode(b"us:my-secret-token").decode()
    assert kept_answer(f"you sent Basic {echoed}", secret="my-secret-token", user="us") == "you sent Basic •••"


def method(**options: Any) -> DeliveryMethod:
    return DeliveryMethod(**{"name": "x", "url": "https://8.8.8.8/leads", "field_map": [["first", "first_name", ""]], **options})


def test_a_good_method_has_no_problem() -> None:
    assert (
        check_config(
            method(headers={"X-Api-Key": "{{ secret }}"}, rules=[{"means": "accepted"}], template='{"a": "{{ phone }}"}'), fields=FIELDS
        )
        == ()
    )


@pytest.mark.parametrize(
    ("options", "place", "code"),
    [
        ({"url": ""}, "url", "bad_address"),
        ({"url": "http://127.0.0.1/"}, "url", "bad_address"),
        ({"test_url": "http://10.0.0.1/"}, "test_url", "bad_address"),
        ({"verb": "GET", "template": "x"}, "template", "no_body"),
        ({"headers": {"Host": "x"}}, "headers.Host", "reserved"),
        ({"headers": {"content-length": "5"}}, "headers.content-length", "reserved"),
        ({"headers": {"Authorization": "Bearer x"}}, "headers.Authorization", "reserved"),
        ({"headers": {"Idempotency-Key": "1"}}, "headers.Idempotency-Key", "reserved"),
        ({"headers": {"X-A\r\nEvil": "1"}}, "headers.X-A\r\nEvil", "bad_name"),
        ({"headers": {"X-A": "a\r\nEvil: b"}}, "headers.X-A", "bad_value"),
        ({"headers": {"X-A": "x" * 3000}}, "headers.X-A", "bad_value"),
        ({"headers": {"X-A": "é"}}, "headers.X-A", "bad_value"),
        ({"headers": {"X-A": "{{ nobody }}"}}, "headers.X-A", "unknown_field"),
        ({"headers": ["X-A"]}, "headers", "not_an_object"),
        ({"auth_kind": "bearer"}, "secret", "missing"),
        ({"auth_kind": "basic", "secret": "x"}, "auth_user", "missing"),
        ({"auth_kind": "signed", "secret": "whsec_short"}, "secret", "bad_key"),
        ({"field_map": [["a", "nobody", ""]]}, "field_map[0]", "unknown_field"),
        ({"template": "{{ nobody }}"}, "template", "unknown_field"),
        ({"rules": [{"means": "x"}]}, "rules[0].means", "unknown"),
        ({"timeout_seconds": 0}, "timeout_seconds", "out_of_range"),
        ({"timeout_seconds": 121}, "timeout_seconds", "out_of_range"),
        ({"retries": 21}, "retries", "out_of_range"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_its_place_with_a_sentence(options: dict[str, Any], place: str, code: str) -> None:
    found = check_config(method(**options), fields=FIELDS)
    assert [(problem.field, problem.code) for problem in found] == [(place, code)]
    assert found[0].message.endswith((".", ")"))


def test_every_problem_is_named_at_once() -> None:
    found = check_config(method(url="", timeout_seconds=0, headers={"Host": "x"}), fields=FIELDS)
    assert [problem.field for problem in found] == ["url", "headers.Host", "timeout_seconds"]
