"""Keys: 256 random bits, shown once, of which only the digest stays."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers

from leads.domain.normalise_text import Refused
from leads.models import CampaignKey, Event, IntakeKey, Suppression
from leads.queries import key_holder
from leads.services.keys import create_key, digest_of, report_leak, revoke_key
from leads.services.lead_types import spec_from_json, spec_of
from leads.services.replays import KEPT, delete_old_keys
from leads.services.suppress import suppress, suppression_digest
from tests.leads.intake_world import NOW, make_campaign

pytestmark = pytest.mark.django_db


def test_i31_a_key_is_shown_once_and_only_its_digest_is_stored():
    key, plain = create_key(campaign=make_campaign(), by=None, name="web", now=NOW)
    stored = CampaignKey.objects.get()
    assert re.fullmatch(r"sw_live_[A-Za-z0-9_-]{43}", plain)
    assert (stored.prefix, stored.last4, bytes(stored.digest)) == (plain[:12], plain[-4:], hashlib.sha256(plain.encode()).digest())
    assert plain not in serializers.serialize("json", [*CampaignKey.objects.all(), *Event.objects.all()])
    assert (str(key), plain[12:-4] in str(key)) == (f"{plain[:12]}…{plain[-4:]}", False)


def test_i31_two_keys_live_side_by_side_and_one_may_be_revoked():
    campaign = make_campaign()
    (old, _), (new, _) = (create_key(campaign=campaign, by=None, name=name, now=NOW) for name in ("old", "new"))
    assert [revoke_key(key=old, by=None, now=NOW), revoke_key(key=old, by=None, now=NOW)] == [True, False]
    assert (list(CampaignKey.objects.usable(NOW)), old.revoked_at) == ([new], NOW)
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["key.created", "key.created", "key.revoked"]


def test_a_key_ends_when_it_expires():
    key, _ = create_key(campaign=make_campaign(), by=None, name="", now=NOW, expires_at=NOW + timedelta(days=1))
    assert list(CampaignKey.objects.usable(NOW)) == [key]
    assert list(CampaignKey.objects.usable(NOW + timedelta(days=1))) == []


def test_a_leak_is_told_once():
    key, _ = create_key(campaign=make_campaign(), by=None, name="", now=NOW)
    for _ in range(2):
        report_leak(key=key, now=NOW)
    assert Event.objects.filter(kind="key.leaked").count() == 1


def test_who_holds_a_key_is_read_at_once_and_as_the_models_say(django_assert_num_queries: Any):
    fields = (
        {"name": "roof", "label": "Roof", "kind": "integer", "minimum": 0, "maximum": "99.5", "is_required": True},
        {"name": "pets", "kind": "multiple", "choices": ["Cat", "Dog"]},
        {"name": "plate", "kind": "text", "pattern": "[A-Z]+"},
    )
    campaign = make_campaign(fields=fields, cap_day=3, routes=["pull"])
    key, plain = create_key(campaign=campaign, by=None, name="", now=NOW)
    with django_assert_num_queries(1):
        holder = key_holder(digest_of(plain))
        assert (holder.key, holder.key.campaign, holder.key.campaign.lead_type) == (key, campaign, campaign.lead_type)
    for one, same in ((holder.key.campaign, campaign), (holder.key.campaign.lead_type, campaign.lead_type)):
        same.refresh_from_db()
        names = [field.attname for field in same._meta.concrete_fields]
        assert [getattr(one, name) for name in names] == [getattr(same, name) for name in names]
    assert spec_from_json(campaign.lead_type.name, holder.fields) == spec_of(campaign.lead_type)


def test_nobody_holds_an_unknown_key():
    assert key_holder(digest_of("sw_live_x")) is None


def test_old_answers_are_forgotten_in_batches():
    campaign = make_campaign()
    for hours in (1, 24, 25, 26):
        created = NOW - timedelta(hours=hours)
        IntakeKey.objects.create(campaign=campaign, key=str(hours), body_sha256=b"", answer_status=201, answer_body=[], created=created)
    assert [delete_old_keys(now=NOW, limit=2), delete_old_keys(now=NOW, limit=2)] == [2, 1]
    assert (list(IntakeKey.objects.values_list("key", flat=True)), KEPT) == (["1"], timedelta(hours=24))


def test_the_task_empties_all_batches(monkeypatch: pytest.MonkeyPatch):
    from leads import tasks

    monkeypatch.setattr(tasks, "BATCH", 2)
    campaign = make_campaign()
    for number in range(5):
        IntakeKey.objects.create(campaign=campaign, key=str(number), body_sha256=b"", answer_status=201, answer_body=[], created=NOW)
    tasks.bulk_clean_up()
    assert IntakeKey.objects.count() == 0


def test_suppression_compares_a_keyed_hash_that_differs_by_kind_and_installation(settings: Any):
    phone = suppression_digest("phone", "+13125550100")
    assert (len(phone), phone == suppression_digest("email", "+13125550100")) == (32, False)
    settings.SECRET_KEY = "another" * 10
    assert suppression_digest("phone", "+13125550100") != phone


def test_the_same_person_is_put_on_the_list_once():
    first, again = (
        suppress(kind="email", value=value, by=None, now=NOW, reason="asked") for value in ("Ana@Mail.Example", "ana@mail.example")
    )
    assert (first.pk, Suppression.objects.count(), first.shown, Event.objects.count()) == (again.pk, 1, "Ana@mail.example", 1)


def test_only_a_phone_or_an_email_can_be_suppressed():
    with pytest.raises(Refused):
        suppress(kind="phone", value="911", by=None, now=NOW)
    assert Suppression.objects.count() == 0
