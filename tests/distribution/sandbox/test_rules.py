"""Rules of the distribution that only a run of real rows shows: one worked day each."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.distribution.sandbox.days import buyers, change, client, lead, leads, live, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> None:
    settings.PUBLISHES_WAKE_UPS = False


def lead_at(number: int, *when: int, **fields: Any) -> dict[str, Any]:
    return lead(number, **fields) | {"at": datetime(*when, tzinfo=UTC).isoformat()}


def test_coordinates_of_a_client_count_before_its_zip() -> None:
    boston_by_zip = client("By ZIP", zip="02108")
    moved = client("Moved", zip="02108", latitude="40.75", longitude="-74.00")
    day = live({"settings": {"automation": "geolocation"}, "clients": [boston_by_zip, moved], "events": [lead(1)]})
    (near, far) = day["events"][0]["candidates"]
    assert (near["client"], far["client"]) == ("Moved", "By ZIP")
    assert (float(near["keys"]["primary"]) < 1, float(far["keys"]["primary"]) > 180) == (True, True)


@pytest.mark.parametrize(
    "happens",
    [{"client": "C", "set": {"status": "paused"}}, {"do": "delete_client", "client": "C"}, {"client": "D", "set": {"status": "active"}}],
    ids=["paused", "deleted", "activated"],
)
@pytest.mark.parametrize(("on_change", "wanted"), [("restart", "A"), ("continue", "B")])
def test_the_cycle_begins_again_or_goes_on_when_a_client_leaves_or_comes_back(happens: dict[str, Any], on_change: str, wanted: str) -> None:
    clients = [client("A"), client("B"), client("C"), client("D", status="paused")]
    day = {
        "settings": {"automation": "round_robin", "round_robin_on_change": on_change},
        "clients": clients,
        "events": [lead(1), change(1, **happens), lead(2, 2)],
    }
    assert buyers(live(day)) == ["A", wanted]


def test_nothing_changed_in_the_rotation_by_a_client_that_is_only_full() -> None:
    clients = [client("A"), client("B", caps={"day": 1}), client("C")]
    assert buyers(live({"settings": {"automation": "round_robin"}, "clients": clients, "events": leads(6)})) == [
        "A",
        "B",
        "C",
        "A",
        "C",
        "A",
    ]


def test_a_window_past_midnight_runs_by_the_clients_zone() -> None:
    night = client("Night", schedule={"mon": ["22:00-02:00"]}, time_zone="America/Los_Angeles")
    events = [
        lead_at(1, 2026, 3, 3, 5, 59),  # Monday 21:59 in Los Angeles
        lead_at(2, 2026, 3, 3, 6, 0),
        lead_at(3, 2026, 3, 3, 9, 59),  # Tuesday 01:59
        lead_at(4, 2026, 3, 3, 10, 0),
    ]
    day = live({"clients": [night], "events": events})
    assert buyers(day) == ["-", "Night", "Night", "-"]
    assert day["events"][0]["candidates"][0]["detail"]["opens"] == "2026-03-02T22:00:00-08:00"
    assert day["events"][3]["candidates"][0]["detail"]["opens"] == "2026-03-09T22:00:00-07:00", "after the clocks went forward"


def test_a_client_does_not_buy_the_same_person_within_its_own_window() -> None:
    day = live(
        {
            "lead_types": [{"name": "Solar", "duplicate_hours": 0}],
            "settings": {"automation": "price"},
            "clients": [client("Once a day", 30, duplicate_hours=24), client("Any time", 20, duplicate_hours=0)],
            "events": [lead(1), lead(2, 60, email="person1@mail.example"), lead(3, 24 * 60 + 1, email="person1@mail.example")],
        }
    )
    assert buyers(day) == ["Once a day", "Any time", "Once a day"]
    assert reasons(day, 1) == {"Any time": None, "Once a day": "duplicate_for_client"}


def test_a_doubt_after_a_sale_leaves_the_lead_sold_and_offers_it_to_nobody_else() -> None:
    day = live(
        {
            "settings": {"automation": "price"},
            "campaigns": [{"name": "web", "max_deliveries": 3}],
            "clients": [client("First", 30), client("Doubt", 20, answers=["unknown"]), client("Third", 10)],
            "events": [lead(1)],
        }
    )
    (told,) = day["events"]
    assert (told["outcome"], [line["offer"] for line in told["candidates"]]) == ("sold", ["accepted", "unknown", None])


def test_a_budget_of_a_month_is_kept_to_its_end_by_the_clients_calendar() -> None:
    events = [*leads(3), lead_at(4, 2026, 4, 1, 3, 59), lead_at(5, 2026, 4, 1, 4, 0)]  # 23:59 and midnight in New York
    day = live({"clients": [client("A", 20) | {"caps": {"budget_month": "40.00"}}], "events": events})
    assert buyers(day) == ["A", "A", "-", "-", "A"]
    assert reasons(day, 3) == {"A": "budget_month"}


def test_required_profit_refuses_what_the_lead_costs_too_much_for() -> None:
    day = {
        "settings": {"automation": "price"},
        "campaigns": [{"name": "web", "cost": "12.00", "max_deliveries": 2}],
        "clients": [client("Thin", 20, required_profit="14.01"), client("Even", 20, required_profit="14.00")],
        "events": [lead(1)],
    }
    told = live(day)
    assert buyers(told) == ["Even"]
    assert reasons(told) == {"Even": None, "Thin": "margin"}


@pytest.mark.parametrize(
    "switches", [{}, {"client_locking": True}, {"parallel_processing": False}], ids=["as it comes", "locking", "one by one"]
)
def test_processing_changes_no_sale_where_nobody_pings(switches: dict[str, bool]) -> None:
    clients = [client("A", weight=3, answers=["accept", "reject", "fail", "accept"]), client("B", weight=2), client("C", weight=1)]
    day = live({"settings": {"automation": "weighted", "secondary": "price"} | switches, "clients": clients, "events": leads(6)})
    assert buyers(day) == ["A", "B", "C", "B", "B", "A"]
