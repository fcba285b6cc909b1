"""A file becomes leads: tried first, then taken in chunk by chunk, each row once, judged as every other lead."""

from collections.abc import Callable
from typing import Any

import pytest

from leads.clock import database_now
from leads.enums import CampaignStatus, JobState
from leads.models import CapWindow, Event, Fingerprint, Import, Job, Lead, Submission
from leads.services import import_chunks
from leads.services.file_work import drain_files
from leads.services.imports import NotNow, choose, guesses, start_run, start_trial, steer
from leads.services.receive import receive_lead
from leads.services.suppress import suppress
from tests.leads.imports.conftest import PEOPLE, take_in
from tests.leads.intake_world import ANA, NOW, make_campaign

pytestmark = pytest.mark.django_db

Files = Callable[..., Import]


def many(count: int) -> str:
    rows = [f"Person{n},312{n % 8 + 2}{n:06d},p{n}@mail.example" for n in range(count)]
    return "\n".join(["first_name,phone,email", *rows])


def test_a_dry_run_counts_and_keeps_nothing(tried: Files, ada: Any) -> None:
    campaign = make_campaign()
    receive_lead(campaign=campaign, fields=ANA, channel="api", now=database_now())
    suppress(kind="email", value="cy@mail.example", by=ada, now=NOW)
    content = PEOPLE + "Ben;Again;312 555 0155;;60601\nCy;Gone;312 555 0156;cy@mail.example;60601\nDee;Bad;12;dee;99999999\n"
    one = tried(campaign, content)
    assert one.trial is not None
    assert one.trial.state == JobState.DONE
    assert one.trial.result == {
        "rows": 5,
        "counts": {"accepted": 1, "duplicate": 2, "suppressed": 1, "rejected": 1},
        "codes": {"phone:bad_phone": 1, "email:bad_email": 1, "zip:bad_zip": 1},
    }
    assert Lead.objects.count() == 1
    assert (one.position, one.counts["accepted"]) == (0, 0)


def test_what_was_tried_is_what_becomes_of_the_rows(taken: Files, ada: Any) -> None:
    campaign = make_campaign(cost="7.50")
    suppress(kind="email", value="cy@mail.example", by=ada, now=NOW)
    content = PEOPLE + "Ben;Again;312 555 0155;;60601\nCy;Gone;312 555 0156;cy@mail.example;60601\nDee;Bad;12;dee;99999999\n"
    one = taken(campaign, content)
    assert one.run is not None
    assert (one.run.state, one.run.result) == (JobState.DONE, one.trial.result)
    assert one.counts == {"accepted": 2, "duplicate": 1, "suppressed": 1, "rejected": 1}
    ana = Lead.objects.get(first_name="Ana")
    assert (ana.phone, ana.email, ana.zip, ana.state, ana.outcome, str(ana.cost)) == (
        "+13125550100", "Ana@mail.example", "60601", "IL", "pending", "7.50",
    )  # fmt: skip
    assert (ana.from_import_id, ana.due_at, ana.routes_left) == (one.pk, ana.received_at, ["distribute", "push", "pull"])
    assert list(ana.events.values_list("kind", "data", "by")) == [("lead.accepted", {"channel": "file"}, ada.pk)]
    submission = Submission.objects.get(lead=ana)
    assert submission.channel == "file"
    assert submission.body == {
        "line": 2,
        "cells": {"First name": "Ana", "Last name": "Example", "Phone": "(312) 555-0100", "E-Mail": "Ana@Mail.Example", "Zip": "60601"},
    }
    assert [event.kind for event in Event.objects.filter(about=f"import:{one.pk}").order_by("id")] == ["import.started", "import.done"]
    assert one.file.name == ""  # it has served; what was received stands with each lead


def test_rows_go_in_chunks_and_none_is_left_out(taken: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_chunks, "CHUNK", 7)
    one = taken(make_campaign(), many(50))
    assert one.counts == {"accepted": 50, "duplicate": 0, "suppressed": 0, "rejected": 0}
    assert sorted(Lead.objects.values_list("first_name", flat=True)) == sorted(f"Person{n}" for n in range(50))
    assert Fingerprint.objects.count() == 100


def test_it_is_handed_on_when_the_time_is_up_and_goes_on_where_it_was(tried: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_chunks, "CHUNK", 10)
    one = tried(make_campaign(), many(50))
    start_run(one=one, by=one.by, now=NOW)
    assert drain_files(seconds=-1) is True
    one.refresh_from_db()
    assert (one.position, Lead.objects.count(), one.run.state) == (10, 10, JobState.QUEUED)
    while drain_files(seconds=-1):
        pass
    one = Import.objects.get(pk=one.pk)
    assert (one.position, Lead.objects.count(), one.run.state, one.run.done) == (50, 50, JobState.DONE, 50)


def test_paused_it_rests_and_resumed_it_goes_on(tried: Files, monkeypatch: pytest.MonkeyPatch, ada: Any) -> None:
    monkeypatch.setattr(import_chunks, "CHUNK", 10)
    one = tried(make_campaign(), many(30))
    start_run(one=one, by=ada, now=NOW)
    drain_files(seconds=-1)
    one.refresh_from_db()
    assert steer(one=one, step="pause", by=ada, now=NOW)
    assert not steer(one=one, step="pause", by=ada, now=NOW)
    assert drain_files(seconds=60) is False
    assert Lead.objects.count() == 10
    assert steer(one=one, step="resume", by=ada, now=NOW)
    assert drain_files(seconds=60) is False
    assert Lead.objects.count() == 30


def test_cancelled_it_keeps_what_is_in(tried: Files, monkeypatch: pytest.MonkeyPatch, ada: Any) -> None:
    monkeypatch.setattr(import_chunks, "CHUNK", 10)
    one = tried(make_campaign(), many(30))
    start_run(one=one, by=ada, now=NOW)
    drain_files(seconds=-1)
    one.refresh_from_db()
    assert steer(one=one, step="cancel", by=ada, now=NOW)
    assert not steer(one=one, step="resume", by=ada, now=NOW)
    assert drain_files(seconds=60) is False
    assert (Lead.objects.count(), Job.objects.get(pk=one.run.pk).state) == (10, JobState.CANCELLED)


def test_a_chunk_whose_place_was_taken_by_another_worker_writes_nothing(tried: Files, ada: Any) -> None:
    one = tried(make_campaign())
    start_run(one=one, by=ada, now=NOW)
    Import.objects.update(position=1)  # somebody else is further than this worker read
    from leads.services import file_work

    real, file_work._import_of = file_work._import_of, lambda job: one
    try:
        assert drain_files(seconds=60) is False
    finally:
        file_work._import_of = real
    assert Lead.objects.count() == 0
    assert Import.objects.get().position == 1


def test_a_paused_campaign_lets_the_import_rest_with_the_reason(tried: Files, ada: Any) -> None:
    campaign = make_campaign()
    one = tried(campaign)
    start_run(one=one, by=ada, now=NOW)
    type(campaign).objects.update(status=CampaignStatus.PAUSED)
    drain_files(seconds=60)
    one = Import.objects.get(pk=one.pk)
    assert (one.run.state, Lead.objects.count()) == (JobState.PAUSED, 0)
    assert one.problem == "The campaign Spring takes no leads now. Activate it, then resume the import."
    type(campaign).objects.update(status=CampaignStatus.ACTIVE)
    assert steer(one=one, step="resume", by=ada, now=NOW)
    drain_files(seconds=60)
    assert (Lead.objects.count(), Import.objects.get().problem) == (2, "")


def test_whoever_loses_the_right_meanwhile_is_asked_at_the_next_chunk(tried: Files, ada: Any) -> None:
    one = tried(make_campaign())
    start_run(one=one, by=ada, now=NOW)
    type(ada).objects.update(is_active=False)
    drain_files(seconds=60)
    one = Import.objects.get(pk=one.pk)
    assert (one.run.state, Lead.objects.count()) == (JobState.PAUSED, 0)
    assert one.problem == "Whoever began it may not import leads any more. Somebody who may can resume it."


def test_a_full_campaign_rejects_the_rows_beyond_its_cap_as_the_dry_run_said(tried: Files) -> None:
    one = tried(make_campaign(cap_day=3), many(5))
    assert one.trial.result["counts"] == {"accepted": 3, "duplicate": 0, "suppressed": 0, "rejected": 2}
    one = take_in(one)
    assert one.counts == {"accepted": 3, "duplicate": 0, "suppressed": 0, "rejected": 2}
    assert one.codes == {"campaign_full": 2}
    assert int(CapWindow.objects.get().used) == 3


def test_nothing_is_taken_in_that_was_not_tried_as_it_stands(upload: Files, tried: Files, ada: Any) -> None:
    campaign = make_campaign()
    one = upload()
    with pytest.raises(NotNow, match="Choose the campaign"):
        start_trial(one=one, by=ada, now=NOW)
    choose(one=one, campaign=campaign, mapping=guesses(one, campaign))
    with pytest.raises(NotNow, match="Try the import first"):
        start_run(one=Import.objects.get(pk=one.pk), by=ada, now=NOW)
    other = tried(campaign)
    choose(one=other, campaign=campaign, mapping=["first_name", "", "phone", "email", "zip"])
    with pytest.raises(NotNow, match="Try the import first"):
        start_run(one=Import.objects.get(pk=other.pk), by=ada, now=NOW)


def test_a_mapping_is_remembered_by_the_headings_for_the_lead_type(tried: Files, upload: Files) -> None:
    campaign = make_campaign()
    one = upload("Wer,Rufnummer,Notiz\nAna,312 555 0100,x\n")
    assert guesses(one, campaign) == ["=", "=", "="]
    choose(one=one, campaign=campaign, mapping=["first_name", "phone", ""])
    from tests.leads.imports.conftest import try_it

    take_in(try_it(one))
    assert guesses(upload("NOTIZ,rufnummer,wer\nx,312 555 0111,Ben\n"), campaign) == ["", "phone", "first_name"]


def test_a_person_has_two_imports_at_a_time(upload: Files, ada: Any) -> None:
    campaign = make_campaign()
    for _ in range(2):
        one = upload()
        choose(one=one, campaign=campaign, mapping=guesses(one, campaign))
        start_trial(one=Import.objects.get(pk=one.pk), by=ada, now=NOW)
    third = upload()
    choose(one=third, campaign=campaign, mapping=guesses(third, campaign))
    with pytest.raises(NotNow, match="2 of your imports are under way"):
        start_trial(one=Import.objects.get(pk=third.pk), by=ada, now=NOW)
