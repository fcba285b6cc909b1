"""Who may open what, and what the pages show and do over HTTP."""

import json
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from distribution.admin.story.page import lead_page
from distribution.demo.factories import SubmissionFactory
from distribution.domain.retry import Outcome
from distribution.models import Delivery
from leads.enums import LeadOutcome
from leads.models import Event, Lead, Note
from tests.distribution.pages.test_review import doubt
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db


def lead_address(lead: Lead) -> str:
    return reverse("admin:leads_lead_change", args=[lead.pk])


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_page_shows_the_whole_story_to_an_administrator(market: Market, admin: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.sell()
    SubmissionFactory.create(lead=lead, body={"fields": {"utm_content": "spring"}})

    html = browse(admin).get(lead_address(lead)).content.decode()
    shown = ("Why it went to Bluewater", "$23.60", "Raw submission", "utm_content", reverse("admin:lead_trace", args=[lead.pk, 1]))
    assert [text for text in shown if text not in html] == []


def test_a_manager_of_the_company_sees_all_but_the_raw_submission(market: Market, manager: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.sell()
    SubmissionFactory.create(lead=lead, body={"fields": {"utm_content": "spring"}})

    html = browse(manager).get(lead_address(lead)).content.decode()
    assert ("Why it went to Bluewater" in html, "$23.60" in html, "utm_content" in html) == (True, True, False)


def test_foreign_and_missing_leads_answer_alike(market: Market, admin: Any, branch_manager: Any, browse: Any) -> None:
    lead = market.lead()
    missing = reverse("admin:leads_lead_change", args=[uuid.uuid4()])

    foreign = browse(branch_manager).get(lead_address(lead))
    absent = browse(branch_manager).get(missing)
    assert (foreign.status_code, absent.status_code, browse(admin).get(missing).status_code) == (404, 404, 404)
    assert "Oyelaran" not in foreign.content.decode()


@pytest.mark.parametrize("name", ["lead_preview", "lead_note", "lead_rerun"])
def test_nothing_below_a_lead_opens_for_who_may_not_see_it(
    name: str, market: Market, branch_manager: Any, rep: Any, admin: Any, browse: Any
) -> None:
    lead = market.lead()
    address = reverse(f"admin:{name}", args=[lead.pk])
    assert [browse(who).post(address, {"text": "mine"}).status_code for who in (branch_manager, rep)] == [404, 404]
    assert browse(admin).get(address).status_code == (200 if name == "lead_preview" else 404)
    assert Note.objects.count() == 0


def test_a_branch_manager_would_see_no_client_price_cost_or_margin(market: Market, branch_manager: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.sell()

    told = lead_page(lead, branch_manager, now=market.now)
    assert (told["runs"], told["offers"], told["money"], told["raw"], told["may_preview"]) == ([], [], None, None, False)
    assert str(told["entries"][0].html) == "Sold."
    assert str(told["says"]) == f"Auto insurance lead {lead.spoken}, sold."
    assert "Bluewater" not in repr(told)


def test_the_trace_as_a_program_reads_it(market: Market, admin: Any, branch_manager: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.buyer("Far", "50.00", criteria={"all": [["state", "eq", "TX"]]})
    lead = market.lead()
    market.sell()
    address = reverse("admin:lead_trace", args=[lead.pk, 1])

    told = json.loads(browse(admin).get(address).content)
    assert (told["lead"], told["run"], told["settings_version"], told["automation"], told["stop"]) == (
        lead.spoken,
        1,
        1,
        "price",
        "sold_enough",
    )
    assert told["candidates"][0] == {
        "client": "Bluewater",
        "account": "Bluewater auto",
        "reason": None,
        "detail": None,
        "rank": 1,
        "keys": {"primary": "42.00", "secondary": None},
        "decided_by": "only",
        "offer": "accepted",
    }
    assert (told["candidates"][1]["reason"], told["candidates"][1]["rank"], told["candidates"][1]["offer"]) == ("criteria", None, None)
    assert browse(branch_manager).get(address).status_code == 404
    assert browse(admin).get(reverse("admin:lead_trace", args=[lead.pk, 2])).status_code == 404


def test_a_note_stands_on_the_timeline_with_who_wrote_it(market: Market, manager: Any, browse: Any) -> None:
    lead = market.lead()
    answer = browse(manager).post(
        reverse("admin:lead_note", args=[lead.pk]), {"text": "  Asked to be called\nin the evening "}, follow=True
    )

    html = answer.content.decode()
    assert ("Asked to be called<br>in the evening" in html, "by Ibrahim Castellane" in html) == (True, True)
    event = Event.objects.get(kind="lead.noted")
    assert (Note.objects.get().text, event.data) == ("Asked to be called\nin the evening", {"note": Note.objects.get().pk})


def test_an_empty_note_is_refused_with_its_reason(market: Market, admin: Any, browse: Any) -> None:
    lead = market.lead()
    html = browse(admin).post(reverse("admin:lead_note", args=[lead.pk]), {"text": "   "}).content.decode()
    assert ("Write a word or two first." in html, Note.objects.count()) == (True, 0)


def test_one_lead_is_routed_again_from_its_page(market: Market, manager: Any, browse: Any) -> None:
    lead = market.lead()
    market.route()
    answer = browse(manager).post(reverse("admin:lead_rerun", args=[lead.pk]), follow=True)

    lead.refresh_from_db()
    assert (lead.outcome, lead.routes_left) == (LeadOutcome.PENDING, ["distribute", "push", "pull"])
    assert messages_of(answer) == [f"{lead.spoken} goes through its routes again: distribute, push, pull."]
    again = browse(manager).post(reverse("admin:lead_rerun", args=[lead.pk]), follow=True)
    assert messages_of(again) == [f"{lead.spoken} is not unrouted any more, so nothing was changed."]


def test_a_delivery_in_doubt_is_settled_from_the_lead_s_page(market: Market, manager: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    delivery = doubt(market)
    address = reverse("admin:delivery_settle", args=[delivery.pk])

    refused = browse(manager).post(address, {"taken": "no", "reason": ""}, follow=True)
    assert messages_of(refused) == ["Say how you know, such as “Confirmed by phone”."]
    done = browse(manager).post(address, {"taken": "no", "reason": "By phone"}, follow=True)
    assert messages_of(done) == [f"{delivery.spoken} is settled: Bluewater did not take {lead.spoken}, so it goes on."]
    assert "by Ibrahim Castellane" in done.content.decode()
    again = browse(manager).post(address, {"taken": "yes", "reason": "By phone"}, follow=True)
    assert messages_of(again) == [f"{delivery.spoken} is not in doubt any more, so nothing was changed."]


def test_who_may_not_settle_finds_nothing_there(market: Market, branch_manager: Any, rep: Any, admin: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    address = reverse("admin:delivery_settle", args=[doubt(market).pk])
    assert [browse(who).post(address, {"taken": "yes", "reason": "x"}).status_code for who in (branch_manager, rep)] == [404, 404]
    assert (browse(admin).get(address).status_code, browse(admin).post(address, {"taken": "perhaps"}).status_code) == (404, 404)
    assert Delivery.objects.get().state == "unknown"


def test_the_delivery_s_page_tells_why_and_leads_to_the_lead(market: Market, admin: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.route()
    delivery = market.answer(Outcome.REJECTED, message="ZIP not served")

    html = browse(admin).get(reverse("admin:distribution_delivery_change", args=[delivery.pk])).content.decode()
    told = "was first in order (price 42.00; the only one) and refused: ZIP not served. Its place in caps and shares was given back."
    assert (told in html, f'href="{lead_address(lead)}"' in html) == (True, True)


SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "<svg onload=alert(1)>",
    "{{7*7}}",
    "${7*7}",
    "{% debug %}",
)


@pytest.mark.parametrize("text", SCRIPTS)
def test_x033_what_people_wrote_is_shown_as_text(text: str, market: Market, admin: Any, browse: Any) -> None:
    market.buyer(f"Buyer {text}", "42.00")
    lead = market.lead(
        first_name=text, last_name=text, city=text, address=text, email=text, external_id=text, consent_url=text, landing_url=text,
        custom={"note": text}, unmapped={text: text},
    )  # fmt: skip
    SubmissionFactory.create(lead=lead, body={"fields": {"first_name": text}})
    market.sell(message=text, reference=text, answer=text, rule=text)
    browse(admin).post(reverse("admin:lead_note", args=[lead.pk]), {"text": text})
    delivery = Delivery.objects.get()

    for address in (
        lead_address(lead),
        reverse("admin:lead_preview", args=[lead.pk]) + "?as=new",
        reverse("admin:distribution_delivery_change", args=[delivery.pk]),
    ):
        html = browse(admin).get(address).content.decode()
        assert (escape(text) in html, 'href="javascript:' in html) == (True, False)
        assert text in {"javascript:alert(1)", "{{7*7}}", "${7*7}", "{% debug %}"} or text not in html
