"""The lead's page tells, in exact sentences, why the lead went where it went."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from clients.enums import ClientStatus
from distribution.admin.story.page import lead_page
from distribution.demo.factories import ClientFactory
from distribution.domain.retry import Outcome
from distribution.models import Delivery, Ping
from distribution.queries import lead_story
from distribution.services.pings import finish_ping
from distribution.services.route import rerun_lead, route_due
from distribution.transports.envelope import Report
from leads.models import Lead
from pullqueue.models import StateHours
from tests.distribution.pages.world import NOON, Market

pytestmark = pytest.mark.django_db


def page(lead: Lead, user: Any, now: Any = NOON) -> dict[str, Any]:
    return lead_page(Lead.objects.get(pk=lead.pk), user, now=now)


def sentences(told: dict[str, Any]) -> list[str]:
    return [strip_tags(one.html) for one in told["runs"][0].sentences]


def test_a_refusal_and_then_a_sale_in_sentences(market: Market, admin: Any) -> None:
    market.buyer("Summit Ridge", "46.00")
    market.buyer("Bluewater", "42.00")
    market.buyer("Tern Harbor", "35.00")
    market.buyer("Quill", "39.00", client=ClientFactory.create(name="Quill", status=ClientStatus.PAUSED))
    lead = market.lead()
    market.route()
    market.answer(Outcome.REJECTED, message="ZIP not served")
    market.sell(reference="BW-88213")

    told = page(lead, admin)
    assert strip_tags(told["says"]) == f"Auto insurance lead {lead.spoken}, sold to Bluewater for $42.00, 2 seconds after it came in."
    assert told["runs"][0].title == "Why it went to Bluewater"
    assert told["runs"][0].plan == "price"
    assert sentences(told) == [
        "Four accounts were candidates. One was skipped: one is paused.",
        (
            "Summit Ridge was first in order (price 46.00; decided by price) and refused: ZIP not served."
            " Its place in caps and shares was given back."
        ),
        "Bluewater was second in order (price 42.00; decided by price) and accepted for $42.00.",
        "The campaign sells a lead once, so the scan stopped. Tern Harbor was not offered it.",
    ]
    assert [one.tone for one in told["runs"][0].sentences] == ["", "failed", "sold", ""]


def test_the_candidates_stand_in_ranked_order_and_then_the_skipped_with_their_code(market: Market, admin: Any) -> None:
    market.buyer("Picky", "50.00", criteria={"all": [["state", "in", ["IA", "MN"]]]})
    market.buyer("Low", "10.00")
    market.buyer("High", "30.00")
    lead = market.lead()
    market.sell()

    rows = page(lead, admin)["runs"][0].candidates
    assert [(row.rank, row.client, row.price, row.why, row.decided, row.code, strip_tags(row.pill), row.note) for row in rows] == [
        ("1", "High", "$30.00", "price 30.00", "Price", "", "Sold", "at $30.00"),
        ("2", "Low", "$10.00", "price 10.00", "Price", "", "Not needed", ""),
        ("–", "Picky", "$50.00", "State is IL; this account buys IA, MN.", "", "criteria", "Skipped", ""),
    ]
    assert [row.tone for row in rows] == ["won", "", "off"]


def test_a_try_that_is_repeated_says_what_was_answered_and_when_the_next_comes(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    market.buyer("Low", "10.00")
    lead = market.lead()
    market.route()
    delivery = market.answer(Outcome.NOT_TAKEN, status=503)
    assert (delivery.due_at - market.now).total_seconds() == 10

    told = page(lead, admin, now=market.now)
    assert strip_tags(told["says"]) == f"Auto insurance lead {lead.spoken}, offered to Bluewater since 13:00:00."
    assert sentences(told)[1:] == [
        (
            "Bluewater was first in order (price 42.00; decided by price) and has the offer."
            " The try of 13:00:00 was answered 503; the next is at 13:00:11, in 10 seconds; its place is kept."
        ),
        "The offer is under way; who comes next is decided with the answer. As things stand Low would follow.",
    ]
    assert told["runs"][0].candidates[1].pill == "Not asked yet"

    market.now += timedelta(seconds=10)
    market.answer(Outcome.ACCEPTED)
    assert sentences(page(lead, admin))[1] == (
        "Bluewater was first in order (price 42.00; decided by price) and accepted for $42.00."
        " It took two tries: the first was answered 503, the last came 11 seconds after the first."
    )


def test_nobody_left_says_why_each_route_did_not_take_it(market: Market, admin: Any) -> None:
    lead = market.lead()
    market.route()

    told = page(lead, admin)
    assert strip_tags(told["says"]) == f"Auto insurance lead {lead.spoken}, sold to nobody, and no other route took it."
    assert told["runs"][0].title == "Why nobody has it"
    assert sentences(told) == ["No account buys this type of lead.", "Nobody could take the lead."]
    assert strip_tags(told["entries"][0].html) == (
        "No route took it (distribute: no client could take it, push: nothing is set up, pull: nothing is set up)."
    )
    assert told["may_rerun"] is True


def test_a_doubt_stands_on_top_with_the_question_to_settle(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.route()
    Delivery.objects.update(budget_seconds=1)
    market.answer(Outcome.IN_DOUBT, status=None, message="The line was cut")

    told = page(lead, admin)
    assert strip_tags(told["says"]) == (
        f"Auto insurance lead {lead.spoken}, in doubt: Bluewater may have taken it, so it goes to nobody else until a person decides."
    )
    assert sentences(told)[1:] == [
        "Bluewater was first in order (price 42.00; the only one) and left in doubt whether it took the lead.",
        "The delivery is in doubt, so the lead goes to nobody else until a person decides.",
    ]
    assert [one.row.client.name for one in told["doubted"]] == ["Bluewater"]
    assert told["may_settle"] is True


def test_a_second_distribution_stands_before_the_first_and_each_keeps_its_own_trace(market: Market, admin: Any) -> None:
    lead = market.lead()
    market.route()
    market.buyer("Late", "12.00")
    rerun_lead(lead=Lead.objects.get(pk=lead.pk), by=admin, now=market.now)
    market.sell()

    told = page(lead, admin)
    assert [(run.number, run.of, run.title, run.is_latest) for run in told["runs"]] == [
        (2, 2, "Why it went to Late", True),
        (1, 2, "Why nobody has it", False),
    ]
    assert [strip_tags(one.html) for one in told["runs"][1].sentences] == [
        "No account buys this type of lead.",
        "Nobody could take the lead.",
    ]


def test_the_timeline_is_newest_first_in_the_viewers_zone(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.sell()

    told = page(lead, admin)
    assert [(entry.time, strip_tags(entry.html), entry.tone) for entry in told["entries"]] == [
        ("13:00:01", "Sold to Bluewater for $42.00.", "sold"),
        ("13:00:00", "Offered to Bluewater.", "queued"),
        ("13:00:00", "Distribution 1 began, decided by settings version 1.", "queued"),
        ("13:00:00", "Located in Chicago, IL by ZIP 60601 and phone 312: America/Chicago.", ""),
        ("13:00:00", "Received from RateFinder, campaign Auto IL.", ""),
    ]
    assert told["entries"][0].day == "Thursday 16 July 2026"


def test_beside_it_stand_the_local_clock_and_the_money(market: Market, admin: Any) -> None:
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.sell()

    told = page(lead, admin)
    assert [(clock.place, clock.time, clock.day) for clock in told["clocks"]] == [("Chicago", "12:00", "Thu")]
    money = told["money"]
    assert (money.sold_for, money.cost, money.margin, money.percent, money.is_loss) == ("$42.00", "$18.40", "$23.60", "56.2%", False)
    facts = {fact.label: fact.value for fact in told["origin"]}
    assert (facts["Source"], facts["Campaign"], facts["Route"]) == ("RateFinder", "Auto IL", "distribute (took it), push, pull")


def test_it_says_until_when_the_lead_may_be_called_and_from_when(market: Market, admin: Any) -> None:
    lead = market.lead()
    illinois = {"code": "IL", "mon_fri_start": time(9), "mon_fri_end": time(13), "closed_on_holidays": False}
    StateHours.objects.update_or_create(code="IL", defaults=illinois)
    assert page(lead, admin)["calling"] == "May be called now, until 14:00 on your clock."
    StateHours.objects.filter(code="IL").update(mon_fri_end=time(11))
    assert page(lead, admin)["calling"] == "May not be called now. It may from Fri 10:00 on your clock."


def test_a_lead_between_two_zones_shows_both_clocks(market: Market, admin: Any) -> None:
    lead = market.lead(zones=["America/Chicago", "America/Indiana/Indianapolis"])

    told = page(lead, admin)
    assert [(clock.place, clock.time) for clock in told["clocks"]] == [("Chicago", "12:00"), ("Indianapolis", "13:00")]


def test_the_last_delivery_and_its_last_attempt_are_open_with_request_and_answer_masked(market: Market, admin: Any) -> None:
    market.buyer("Summit Ridge", "46.00")
    market.buyer("Bluewater", "42.00")
    lead = market.lead()
    market.route()
    market.answer(Outcome.REJECTED)
    market.sell(answer='{"status": "ok"}', rule="Rule 1: $.status equals ok")

    first, second = page(lead, admin)["offers"]
    assert (first.is_open, second.is_open, second.attempts[0].is_open, second.meta) == (False, True, True, "1 attempt · 1.0 s")
    request = second.attempts[0].request
    assert request.splitlines()[:2] == ["POST https://buyer.example/leads", "Authorization: •••"]
    assert '"phone": "+13125550142"' in request.replace('":"', '": "')
    assert "hush-hush-secret" not in request
    assert (second.attempts[0].answer, second.attempts[0].verdict) == ('200\n\n{"status": "ok"}', "Rule 1: $.status equals ok")


def asked_and_bid(market: Market) -> Lead:
    """A lead that two clients were asked for: one bid 31.55 after 120 ms, one refused."""
    for name, price in (("Bluewater", "10.00"), ("Tern Harbor", "8.00")):
        account = market.buyer(name, price)
        account.methods.update(kind="ping_post", ping_url="https://client.example/ping")
    lead = market.lead()
    market.route()
    for ping in Ping.objects.select_related("client", "method"):
        Ping.objects.filter(pk=ping.pk).update(state="sending")
        bids = ping.client.name == "Bluewater"
        report = Report(Outcome.ACCEPTED, bid=Decimal("31.55")) if bids else Report(Outcome.REJECTED, message="Not in our area")
        finish_ping(ping=ping, report=report, started=NOON, ended=NOON + timedelta(milliseconds=120), limit=5)
    route_due(now=NOON + timedelta(seconds=1))
    return lead


def test_the_page_tells_who_was_asked_what_it_bid_and_when(market: Market, admin: Any) -> None:
    told = page(asked_and_bid(market), admin)
    line = told["runs"][0].candidates[0]
    assert (line.client, line.note, line.price) == ("Bluewater", "bid $31.55 in 120 ms", "$31.55")
    refused = told["runs"][0].candidates[1]
    assert (refused.code, refused.why) == ("ping_rejected", "It refused the ping: Not in our area.")
    entries = [strip_tags(entry.html) for entry in told["entries"]]
    assert "Bluewater bid $31.55 when it was asked; it answered after 120 ms." in entries
    assert "Tern Harbor refused the ping: Not in our area; it answered after 120 ms." in entries


def test_whoever_sees_no_clients_sees_no_bids(market: Market) -> None:
    lead = asked_and_bid(market)
    story = lead_story(lead, sees_clients=False)
    assert (story.pings, story.clients) == ([], {})
