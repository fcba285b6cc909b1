"""`manage.py seed` and `seed --clear`: only into an empty database, the truth of the real code, and out again."""

import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clients.models import Client, ConfigRevision
from distribution.demo.factories import (
    AdministratorFactory,
    CampaignFactory,
    ClientFactory,
    DeliveryCopyFactory,
    DeliveryFactory,
    DeliveryMethodFactory,
    HeartbeatFactory,
    RepFactory,
)
from distribution.demo.keys import read_keys
from distribution.demo.past import Stage
from distribution.demo.past_buyers import PastBuyers
from distribution.demo.past_copies import arrive_past_copies
from distribution.demo.seed import refuse_if_running, seed
from distribution.demo.verticals import CAMPAIGNS
from distribution.models import Attempt, Delivery, DeliveryCopy, Ping, SettingsVersion
from distribution.services.invariants import check_invariants
from distribution.services.versions import live_version, settings_of
from leads.clock import database_now
from leads.enums import LeadStatus
from leads.models import CampaignKey, Company, Event, Lead
from leads.services.keys import digest_of
from pullqueue.models import Branch, Notice, Placement, PullLog, PullStrategy, PushStrategy, Result, User
from pullqueue.queries import strategies_of
from pullqueue.services.rebuild import changed_strategies
from tests.distribution.demo.conftest import BUYER, NOW, PASSWORDS

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    said = StringIO()
    call_command("seed", *words, stdout=said)
    return said.getvalue()


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(transactional_db: None, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ConfigRevision.objects.get_or_create(pk=1)  # emptied with all tables after each test of this kind
    for variable in ("DEMO_ADMIN_PASSWORD", "DEMO_MANAGER_PASSWORD", "DEMO_REP_PASSWORD"):
        monkeypatch.setenv(variable, "quiet-amber-harbor")


def test_an_empty_stage_has_everything_but_leads_and_real_keys_in_a_closed_file(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_REP_PASSWORD")
    made, told = run("--stage", "empty").splitlines()
    path = own_folder / "demo-keys.json"
    keys = read_keys(path)
    live = settings_of(live_version())
    assert made == "Made 25 people, 12 campaigns, 40 clients with 80 accounts."
    assert (Lead.objects.count(), SettingsVersion.objects.count(), live_version().number) == (0, 5, 5)
    assert (live.automation, live.secondary, live.base_automation, len(live.groups)) == ("weighted", "price", "balanced", 2)
    assert set(keys) == {plan.name for plan in CAMPAIGNS}
    assert {bytes(digest) for digest in CampaignKey.objects.values_list("digest", flat=True)} == {digest_of(key) for key in keys.values()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    name, _, rest = told.partition(" signs in with ")  # a password that nobody set is made and said once
    assert (name, rest.partition(" ")[2]) == ("rep", "(made just now and kept nowhere else)")
    assert User.objects.get(username="rep").check_password(rest.partition(" ")[0])
    assert User.objects.get(username="admin").check_password("quiet-amber-harbor")


def test_the_past_is_what_the_real_code_makes_of_it_and_nobody_is_woken(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLISHES_WAKE_UPS = True
    sent: list[str] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **_: sent.append(name))
    monkeypatch.setattr("distribution.demo.past.PASTS", {Stage.DAY: (40, 1)})
    seed(stage=Stage.DAY, number=1, passwords=PASSWORDS, buyer_url=BUYER, now=database_now())
    assert Lead.objects.count() == 40
    assert Lead.objects.filter(status=LeadStatus.ACCEPTED, outcome="sold").count() >= 20
    assert Attempt.objects.count() >= Delivery.objects.filter(state="accepted").count() >= 20
    assert check_invariants(now=database_now()) == []
    assert (sent, settings.PUBLISHES_WAKE_UPS) == ([], True)
    mails = Delivery.objects.exclude(tracking="")
    assert mails.filter(tracking__in=["delivered", "opened", "clicked"]).exists(), "some mails were heard of"
    assert not mails.filter(tracking="clicked").exclude(mail_events__kind="opened").exists()
    assert not DeliveryCopy.objects.exclude(state="accepted").exists(), "and no copy waits for the workers of today"
    assert set(Ping.objects.values_list("verdict", flat=True)) == {"accepted", "rejected"}, "some were asked before"


def test_files_of_the_past_went_when_their_hour_was_over_and_none_later_than_now() -> None:
    """One of the forty clients gets files: it is made by hand, so that the few leads of a test are its own."""
    method = DeliveryMethodFactory.create(kind="file", url="", client__time_zone="America/Chicago")
    buyers = PastBuyers(1, datetime(2026, 11, 24, 17, 30, tzinfo=UTC))

    def hear_of(hour: int, minute: int) -> tuple[str, float]:
        told = buyers(DeliveryFactory.build(method=method, first_attempt_at=datetime(2026, 11, 24, hour, minute, tzinfo=UTC)))
        return told.reference, told.seconds

    assert hear_of(15, 45) == (f"leads-{method.pk}-2026-11-24-09.csv", 900)
    assert hear_of(17, 29) == (f"leads-{method.pk}-2026-11-24-11.csv", 60)


def test_copies_of_the_past_went_when_the_lead_was_sold_and_are_not_sent_today() -> None:
    copy = DeliveryCopyFactory.create(created=NOW - timedelta(days=3))
    assert (arrive_past_copies(), arrive_past_copies()) == (1, 0)
    copy.refresh_from_db()
    assert (copy.state, copy.due_at, copy.finished_at) == ("accepted", None, NOW - timedelta(days=3) + timedelta(seconds=0.3))
    assert list(copy.attempts.values_list("outcome", "started")) == [("accepted", NOW - timedelta(days=3))]


def story_of(number: int) -> list[tuple[Any, ...]]:
    """What came in and what became of it, without what is never repeatable."""
    world = seed(stage=Stage.EMPTY, number=number, passwords=PASSWORDS, buyer_url=BUYER, now=NOW)
    assert world.clients
    return list(Lead.objects.order_by("number").values_list("phone", "status", "outcome", "received_at")) + list(
        Delivery.objects.order_by("number").values_list("lead__external_id", "account__name", "state", "price", "finished_at", "tracking")
    )


def test_the_same_seed_lives_the_same_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.demo.past.PASTS", {Stage.EMPTY: (12, 2)})
    first = story_of(5)
    run("--clear")
    assert story_of(5) == first
    run("--clear")
    assert story_of(6) != first


def test_samples_go_into_an_empty_database_only() -> None:
    ClientFactory.create()
    with pytest.raises(CommandError) as refused:
        run("--stage", "empty")
    assert str(refused.value) == "The samples go into an empty database only, and this one holds 1 client. Name another DATABASE_URL."
    assert User.objects.count() == 0


def test_samples_are_not_made_under_the_feet_of_workers() -> None:
    HeartbeatFactory.create(name="worker-1", last_tick=timezone.now())
    with pytest.raises(CommandError) as refused:
        run("--stage", "empty")
    assert str(refused.value) == "The product is running on this database (worker-1). Stop it, and seed then."


def test_a_worker_that_is_long_gone_is_no_hindrance() -> None:
    HeartbeatFactory.create(last_tick=NOW - timedelta(minutes=5))
    refuse_if_running(NOW)


def test_clearing_leaves_an_empty_installation_that_begins_anew_and_is_never_cleared_twice(own_folder: Path) -> None:
    run("--stage", "empty")
    revision = ConfigRevision.objects.get().number
    said = run("--clear")
    assert "40 clients" in said
    assert "25 people, 4 branches. manage.py create_admin begins a real installation." in said
    assert (Client.objects.count(), User.objects.count(), Branch.objects.count(), Company.objects.count()) == (0, 0, 0, 0)
    assert (SettingsVersion.objects.count(), Client.history.count()) == (0, 0)
    assert list(Event.objects.values_list("kind", flat=True)) == ["demo.cleared"]
    assert ConfigRevision.objects.get().number > revision
    assert not (own_folder / "demo-keys.json").exists()
    assert ClientFactory.create().pk == 1
    with pytest.raises(CommandError):
        run("--clear")
    assert Client.objects.count() == 1


def test_what_was_never_seeded_is_never_cleared() -> None:
    ClientFactory.create()
    with pytest.raises(CommandError) as refused:
        run("--clear")
    assert str(refused.value) == "This installation holds no samples of manage.py seed; nothing was removed."
    assert Client.objects.count() == 1


def test_what_somebody_made_by_hand_stops_the_clearing_unless_everything_shall_go_and_people_stay() -> None:
    run("--stage", "empty")
    east = Branch.objects.get(name="East")
    boss, rep = AdministratorFactory.create(username="boss"), RepFactory.create(username="own-rep", branch=east)
    north = Branch.objects.create(name="North", parent=east)
    CampaignFactory.create(name="Our own")
    with pytest.raises(CommandError) as refused:
        run("--clear")
    assert str(refused.value).startswith(
        "Made by hand and not by manage.py seed: 1 campaigns, 1 lead types, 1 sources. Nothing was removed"
    )
    assert Client.objects.count() == 40
    said = run("--clear", "--everything")
    rep.refresh_from_db()
    north.refresh_from_db()
    assert "2 people added by hand stay." in said
    assert (Client.objects.count(), set(User.objects.all())) == (0, {boss, rep})
    assert (rep.branch, north.parent) == (None, None)


def test_reps_have_worked_and_the_floor_is_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.demo.past.PASTS", {Stage.DAY: (60, 1)})
    seed(stage=Stage.DAY, number=1, passwords=PASSWORDS, buyer_url=BUYER, now=database_now())
    assert (PushStrategy.objects.count(), PullStrategy.objects.count(), changed_strategies()) == (3, 4, [])
    assert PullLog.objects.filter(lead__isnull=False).exists()
    assert not Result.objects.filter(state="pending").exists(), "what was picked has taken effect"
    assert not Placement.objects.filter(place="held", due_at__lt=database_now()).exists(), "no hold is left over"
    assert not Notice.objects.filter(mail_due=True).exists()
    rep = User.objects.get(username="rep")
    assert (rep.seen_at is not None, [one.name for one in strategies_of(rep)]) == (
        True,
        ["Fresh, under an hour", "Everything else, newest first"],
    )
