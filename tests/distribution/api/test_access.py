"""Tokens: shown once, hashed, revocable, as strong as their person and no stronger."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from distribution.demo import factories as make
from leads.clock import database_now
from leads.models import Event, PersonalToken
from leads.services.tokens import MOST_TOKENS, TooManyTokens, create_token, revoke_token
from tests.distribution.api.conftest import BASE, Asker
from tests.leads.intake_world import ANA, make_sender

pytestmark = pytest.mark.django_db


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_token_is_kept_as_its_digest_alone(admin: Asker) -> None:
    token = PersonalToken.objects.get()
    assert (token.prefix, token.last4, len(bytes(token.digest))) == (admin.token[:12], admin.token[-4:], 32)
    assert admin.token.encode() not in bytes(token.digest)
    assert admin.token not in str([event.data for event in Event.objects.all()])
    assert admin.get("/leads/").status_code == 200


def test_i29_a_revoked_token_is_dead_at_the_next_request(admin: Asker) -> None:
    assert admin.get("/leads/").status_code == 200
    assert revoke_token(token=PersonalToken.objects.get(), by=admin.user, now=database_now())
    assert code(admin.get("/leads/")) == (401, "bad_token")


def test_an_expired_token_is_dead(admin: Asker) -> None:
    PersonalToken.objects.update(expires_at=database_now() - timedelta(seconds=1))
    assert code(admin.get("/leads/")) == (401, "bad_token")


def test_x148_the_token_of_somebody_switched_off_is_dead(admin: Asker) -> None:
    admin.user.is_active = False
    admin.user.save()
    assert code(admin.get("/leads/")) == (401, "bad_token")


def test_i29_a_token_follows_a_change_of_role_at_once(asker: Callable[[Any], Asker]) -> None:
    manager = asker(make.ManagerFactory.create())
    assert manager.get("/clients/").status_code == 200
    manager.user.branch = make.BranchFactory.create()
    manager.user.save()
    assert code(manager.get("/clients/")) == (404, "not_found")


def test_a_campaigns_key_opens_nothing_of_the_staff_and_a_token_posts_no_lead(admin: Asker) -> None:
    sender = make_sender()
    answer = Client().get(f"{BASE}/leads/", headers=sender.headers())
    assert code(answer) == (401, "bad_token")
    assert answer.json()["errors"][0]["message"].startswith("This is a campaign's key")
    posted = Client().post(
        "/api/v1/leads/", {"fields": ANA}, content_type="application/json", headers={"Authorization": f"Bearer {admin.token}"}
    )
    assert code(posted) == (401, "bad_key")


def test_somebody_signed_in_may_ask_without_a_token_but_not_write_without_the_forms_token(admin: Asker) -> None:
    lead = make.LeadFactory.create()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin.user)
    assert browser.get(f"{BASE}/leads/").status_code == 200
    assert code(browser.post(f"{BASE}/leads/{lead.pk}/notes/", {"text": "Called"}, content_type="application/json")) == (403, "csrf_failed")
    assert lead.notes.count() == 0


def test_guessing_tokens_is_slowed_down_and_a_real_one_is_not(admin: Asker) -> None:
    wrong = [Client().get(f"{BASE}/leads/", headers={"Authorization": f"Bearer sw_user_{n}"}).status_code for n in range(25)]
    assert (wrong[0], wrong[-1]) == (401, 429)
    assert admin.get("/leads/").status_code == 200


def test_nobody_has_more_tokens_than_can_be_known(admin: Asker) -> None:
    for _ in range(MOST_TOKENS - 1):
        create_token(user=admin.user, name="one more", now=database_now())
    with pytest.raises(TooManyTokens):
        create_token(user=admin.user, name="too many", now=database_now())
    assert PersonalToken.objects.count() == MOST_TOKENS


def test_an_address_that_does_not_exist_is_answered_in_the_same_form(admin: Asker) -> None:
    assert code(admin.get("/nothing/")) == (404, "not_found")
    assert code(admin.get("/leads/not-an-id/")) == (404, "not_found")


def test_a_campaigns_key_that_ends_is_made_by_the_form_and_is_dead_afterwards(admin: Asker) -> None:
    from leads.models import CampaignKey

    campaign = make.CampaignFactory.create()
    browser = Client()
    browser.force_login(admin.user)
    assert browser.post(f"/admin/leads/campaign/{campaign.pk}/keys/new/", {"name": "Partner", "days": "30"}).status_code == 200
    key = CampaignKey.objects.get()
    assert (key.name, round((key.expires_at - key.created) / timedelta(days=1))) == ("Partner", 30)
    assert "Usable" in browser.get(f"/admin/leads/campaign/{campaign.pk}/change/").content.decode()
    CampaignKey.objects.update(expires_at=database_now() - timedelta(seconds=1))
    assert "Ended" in browser.get(f"/admin/leads/campaign/{campaign.pk}/change/").content.decode()
