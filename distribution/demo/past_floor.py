"""What the sample reps did in the past: they pull, call and pick outcomes by the real code, by a clock of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from distribution.demo.world import COMPANY_ZONE
from distribution.services.simulate import Simulation
from pullqueue.desk import in_hand
from pullqueue.domain.calling import opens_at
from pullqueue.enums import Place, Role, Then
from pullqueue.locks import enter_floor
from pullqueue.models import Disposition, Notice, Placement, PullStrategy, QueueState, User
from pullqueue.services.entries import spot_of_lead
from pullqueue.services.pull import pull_next
from pullqueue.services.work import Refused, record_call, record_disposition

OUTCOMES = {
    "No answer": 34,
    "Busy": 6,
    "Left voicemail": 20,
    "Callback": 12,
    "Contacted - interested": 10,
    "Contacted - not interested": 9,
    "Wrong number": 4,
    "Do not call": 1,
    "Sold": 4,
}
"""How often of a hundred calls."""
NOTES = ("Asked for a quote by e-mail", "Wants to talk it over at home", "Mailbox has their name", "Compares three offers", "")
ROUNDS_A_DAY = 4
LAST_DAY = 14
"""Calls a day, and in the last day: enough to look at, few enough to be made quickly."""
HOURS = (10, 19)
"""By the company's clock: late enough for the West, early enough for the East."""
HOLDING = 3
AT_WORK = 9
"""So many reps hold a lead at the present, and so many were seen in the last minutes."""


@dataclass(frozen=True, slots=True)
class Round:
    """One rep works one lead."""

    at: datetime
    rep: User
    chance: float


def rounds(rng: Random, people: Sequence[User], *, since: datetime, until: datetime) -> Iterator[Round]:
    """Yield who works when, in order: some calls each day, more in the last one."""
    reps = [person for person in people if person.role == Role.REP]
    zone, day = ZoneInfo(COMPANY_ZONE), since
    while reps and day < until:
        end = min(day + timedelta(days=1), until)
        count = LAST_DAY if end == until else ROUNDS_A_DAY
        begin = day.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        times = sorted(begin.replace(hour=rng.randrange(*HOURS)) + timedelta(minutes=rng.uniform(0, 59)) for _ in range(count))
        for at in times:
            shifted = at if at >= day else at + timedelta(days=1)
            if shifted < end - timedelta(minutes=30):
                yield Round(shifted, rng.choice(reps), rng.random())
        day = end


def work(simulation: Simulation, one: Round, rng: Random) -> None:
    """Pull a lead or take one's own, call, and pick an outcome some minutes later."""
    simulation.run_until(one.at)
    User.objects.filter(pk=one.rep.pk).update(seen_at=one.at)
    own = Placement.objects.filter(owner=one.rep, place=Place.OWNED, first_attempt_at=None).order_by("since").values_list("pk", flat=True)
    lead_id = own.first() if one.chance < 0.3 else None
    if lead_id is None:
        pull_next(user=one.rep, now=one.at)
        lead_id = in_hand(one.rep)
    simulation.look_again()
    if lead_id is None:
        return
    name = rng.choices(list(OUTCOMES), weights=list(OUTCOMES.values()))[0]
    called, ended = one.at + timedelta(seconds=rng.randrange(8, 90)), one.at + timedelta(minutes=rng.uniform(2, 12))
    try:
        record_call(user=one.rep, lead_id=lead_id, now=called)
        disposition = Disposition.objects.get(name=name)
        at = _callback(lead_id, ended, rng) if disposition.then == Then.CALLBACK else None
        record_disposition(user=one.rep, lead_id=lead_id, disposition=disposition, now=ended, callback_at=at, note=rng.choice(NOTES))
    except Refused:  # its window closed meanwhile: the hold runs out, as it would
        return
    finally:
        simulation.look_again()


def _callback(lead_id: UUID, now: datetime, rng: Random) -> datetime | None:
    """Some hours or days later, when the lead may be called."""
    lead = Placement.objects.select_related("lead").get(pk=lead_id).lead
    wanted = now + timedelta(hours=rng.uniform(2, 60))
    return opens_at(enter_floor().rules, spot_of_lead(lead), wanted)


def stand_at_present(people: Sequence[User], *, now: datetime) -> None:
    """Some reps are at work and some hold a lead; whoever signs in as the first rep can pull at once. No mail of the past goes out."""
    reps = [person for person in people if person.role == Role.REP]
    for number, rep in enumerate(reps[:AT_WORK]):
        User.objects.filter(pk=rep.pk).update(seen_at=now - timedelta(minutes=0.4 * number), away=number == AT_WORK - 1)
    for number, rep in enumerate(reps[1 : HOLDING + 1]):
        if in_hand(rep) is None:
            pull_next(user=rep, now=now - timedelta(minutes=3 * (HOLDING - number)))
    Notice.objects.filter(mail_due=True).update(mail_due=False)
    Notice.objects.filter(at__lt=now - timedelta(days=1)).update(read_at=F("at"))
    PullStrategy.objects.update(built_at=F("changed_at"))
    QueueState.objects.update(rebuilt_at=now)
