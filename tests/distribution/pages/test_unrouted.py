"""Unrouted leads: why nobody has them, another try for many, and what needs a person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import DeliveryMethod
from distribution.admin.story.unrouted import unrouted_told
from distribution.services.preview import preview
from distribution.services.unstick import try_now
from leads.enums import LeadOutcome
from leads.models import Event, Lead
from tests.distribution.pages.test_lead_views import messages_of
from tests.distribution.pages.test_review import doubt
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db


def unrouted(market: Market, **fields: Any) -> Lead:
    lead = market.lead(**fields)
    market.route()
    lead.refresh_from_db()
    assert lead.outcome == LeadOutcome.UNROUTED
    return lead


def row_of(html: str, lead: Lead) -> bool:
    return lead.spoken in html


def test_each_lead_stands_with_the_reason_from_every_route(market: Market, admin: Any) -> None:
    market.buyer("Texan", "42.00", criteria={"all": [["state", "eq", "TX"]]})
    market.buyer("Other", "42.00", criteria={"all": [["state", "eq", "TX"]]})
    market.buyer("Sleepy", "30.00", status="paused")
    lead = unrouted(market)

    (told,) = unrouted_told([lead])
    assert told.reasons == [("Distribute", "2 buy other leads and 1 has its account paused"), ("Push, pull", "Nothing is set up")]


def test_filters_narrow_by_the_reason_of_the_latest_distribution(market: Market, admin: Any, browse: Any) -> None:
    account = market.buyer("Texan", "42.00", criteria={"all": [["state", "eq", "TX"]]})
    choosy = unrouted(market)
    account.status = "paused"
    account.save()
    paused = unrouted(market, phone="+13125550143", email="b@mail.example")

    def shown(query: str) -> list[bool]:
        html = browse(admin).get(reverse("admin:unrouted") + query).content.decode()
        return [row_of(html, choosy), row_of(html, paused)]

    assert shown("") == [True, True]
    assert shown("?reason=criteria") == [True, False]
    assert shown("?reason=account_paused") == [False, True]
    assert shown("?since=2026-07-17") == [False, False]
    assert shown("?since=2026-07-16&until=2026-07-16") == [True, True]
    assert shown("?campaign=nonsense&since=yesterday") == [True, True]


def test_a_bulk_rerun_says_first_what_it_would_bring_and_then_does_it(market: Market, manager: Any, browse: Any) -> None:
    first = unrouted(market)
    second = unrouted(market, phone="+13125550143", email="b@mail.example")
    market.buyer("Late", "12.00")
    browser = browse(manager)

    asked = browser.post(reverse("admin:unrouted_rerun"), {"lead": [str(first.pk), str(second.pk), "nonsense"]})
    html = asked.content.decode()
    assert ("Route 2 leads again?" in html, "Of these 2, 2 would be offered to a client now: Late 2." in html) == (True, True)
    assert {one.outcome for one in Lead.objects.all()} == {LeadOutcome.UNROUTED}

    done = browser.post(reverse("admin:unrouted_rerun"), {"lead": [str(first.pk), str(second.pk)], "confirmed": "yes"}, follow=True)
    assert messages_of(done) == ["2 leads go through their routes again."]
    assert {one.outcome for one in Lead.objects.all()} == {LeadOutcome.PENDING}
    assert Event.objects.filter(kind="lead.rerun", by=manager).count() == 2


def test_all_that_the_filters_leave_is_meant_by_all(market: Market, manager: Any, browse: Any) -> None:
    account = market.buyer("Texan", "42.00", criteria={"all": [["state", "eq", "TX"]]})
    choosy = unrouted(market)
    account.status = "paused"
    account.save()
    paused = unrouted(market, phone="+13125550143", email="b@mail.example")

    html = browse(manager).post(reverse("admin:unrouted_rerun"), {"all": "yes", "filters": "reason=criteria"}).content.decode()
    assert ("Route 1 lead again?" in html, "Nobody would take it now." in html) == (True, True)
    assert (str(choosy.pk) in html, str(paused.pk) in html) == (True, False)


def test_nothing_ticked_does_nothing(market: Market, manager: Any, browse: Any) -> None:
    unrouted(market)
    answer = browse(manager).post(reverse("admin:unrouted_rerun"), {"confirmed": "yes"}, follow=True)
    assert (messages_of(answer), Lead.objects.get().outcome) == (["No lead was picked, so nothing was done."], LeadOutcome.UNROUTED)


@pytest.mark.parametrize("name", ["unrouted", "unrouted_rerun", "attention", "settle_many"])
def test_the_pages_are_not_there_for_branches_and_reps(name: str, market: Market, branch_manager: Any, rep: Any, browse: Any) -> None:
    lead = unrouted(market)
    for who in (branch_manager, rep):
        answer = browse(who).post(reverse(f"admin:{name}"), {"lead": str(lead.pk), "confirmed": "yes", "taken": "yes"})
        assert answer.status_code == 404
    assert Lead.objects.get().outcome == LeadOutcome.UNROUTED


@pytest.mark.parametrize("name", ["unrouted", "attention"])
def test_one_row_or_three_cost_the_same_queries(name: str, market: Market, admin: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00", criteria={"all": [["state", "eq", "IL"]]})

    def trouble(phone: str) -> None:
        market.lead(phone=phone, email=f"{phone}@mail.example")
        doubt(market)
        unrouted(market, state="TX", phone=f"+1{int(phone[2:]) + 50}", email=f"x{phone}@mail.example")

    browser = browse(admin)
    trouble("+13125550100")
    browser.get(reverse(f"admin:{name}"))
    counts = []
    for more in ((), ("+13125550101", "+13125550102")):
        for phone in more:
            trouble(phone)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse(f"admin:{name}")).status_code == 200
        counts.append(len(queries))
    assert counts == [QUERIES[name]] * 2, "\n".join(query["sql"][:160] for query in queries)


QUERIES = {"unrouted": 12, "attention": 15}


def test_one_candidate_or_thirty_cost_the_lead_s_page_the_same_queries(market: Market, admin: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.sell()
    for n in range(30):
        market.buyer(f"Buyer {n}", "10.00")
    busy = market.lead(phone="+13125550143", email="b@mail.example")
    market.sell()

    browser = browse(admin)
    counts = []
    for one in (lead, lead, busy):
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("admin:leads_lead_change", args=[one.pk]))
        counts.append(len(queries))
    assert counts[1:] == [23, 23], "\n".join(query["sql"][:160] for query in queries)


def test_what_needs_a_person_with_why_and_the_ways_out(market: Market, manager: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    delivery = doubt(market)
    method = DeliveryMethod.objects.get()
    DeliveryMethod.objects.update(paused_until=market.now + timedelta(days=3650), pauses=2, paused_reason="5 or more failures in a row")
    stuck = market.lead(phone="+13125550143", email="b@mail.example", due_at=market.now, stuck_reason="Routing failed 4 times: ValueError")
    browser = browse(manager)

    html = browser.get(reverse("admin:attention")).content.decode()
    shown = (delivery.spoken, "“The line was cut”", "for the second time in a row", "Routing failed 4 times: ValueError")
    assert [text for text in shown if text not in html] == []

    browser.post(reverse("admin:method_resume", args=[method.pk]))
    method.refresh_from_db()
    assert (method.paused_until, method.pauses, Event.objects.get(kind="method.resumed").by) == (None, 0, manager)
    browser.post(reverse("admin:lead_try_now", args=[stuck.pk]))
    stuck.refresh_from_db()
    assert (stuck.stuck_reason, stuck.tries, Event.objects.get(kind="lead.unstuck").by) == ("", 0, manager)
    assert try_now(lead=stuck, by=manager, now=market.now) is False


def test_several_in_doubt_are_settled_after_a_page_that_says_what_happens(market: Market, manager: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.lead()
    first = doubt(market)
    market.lead(phone="+13125550143", email="b@mail.example")
    second = doubt(market)
    browser, picked = browse(manager), {"delivery": [str(first.pk), str(second.pk)], "taken": "no"}

    asked = browser.post(reverse("admin:settle_many"), picked).content.decode()
    assert ("Settle 2 deliveries as not taken?" in asked, "If Bluewater took one after all, it may be sold twice." in asked) == (True, True)
    refused = browser.post(reverse("admin:settle_many"), picked | {"confirmed": "yes", "reason": ""}).content.decode()
    assert "This field is required." in refused
    done = browser.post(reverse("admin:settle_many"), picked | {"confirmed": "yes", "reason": "Outage"}, follow=True)
    assert messages_of(done) == ["2 of 2 settled as not taken; their leads go on to the next clients."]


def test_a_preview_writes_locks_and_sends_nothing(market: Market, admin: Any) -> None:
    account = market.buyer("Bluewater", "42.00", cap_day=5)
    lead = market.lead()
    market.sell()

    with CaptureQueriesContext(connection) as queries:
        seen = preview(lead=Lead.objects.select_related("campaign__sale", "campaign__source").get(pk=lead.pk), now=market.now, anew=True)
    assert [query["sql"] for query in queries if not query["sql"].lstrip().upper().startswith("SELECT")] == []
    assert [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]] == []
    assert (seen.step.offer.account, seen.step.offer.price) == (account.pk, account.price)
    assert (lead.deliveries.count(), lead.decisions.count()) == (1, 1)


def test_the_preview_page_says_what_would_happen(market: Market, admin: Any, browse: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    lead = market.lead()
    market.sell()

    html = browse(admin).get(reverse("admin:lead_preview", args=[lead.pk])).content.decode()
    shown = (
        "As if it came in at",
        "would be offered it first for $42.00 (price 42.00; decided by price).",
        "After a refusal it would go on to",
    )
    assert [text for text in shown if text not in html] == []
    as_it_stands = browse(admin).get(reverse("admin:lead_preview", args=[lead.pk]) + "?as=on").content.decode()
    assert "It is sold as often as its campaign sells a lead, so nobody would be offered it." in as_it_stands
