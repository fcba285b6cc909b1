"""The queue of one strategy as one statement over all open leads: says of every lead what `judging.judge` says of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, DateTimeField, Exists, F, FloatField, OuterRef, Q, Value, When
from django.db.models.functions import Least

from leads.criteria_columns import Bounds, column, sql
from leads.criteria_sql import EVERY, to_q
from leads.domain.criteria import Condition, CriteriaError, FieldSpec, Node, read_criteria, walk
from leads.domain.criteria_fields import AGE, Kind
from leads.models import Lead, LeadType
from leads.services.facts import field_specs
from pullqueue.domain.order import LAST_ATTEMPT, MOST_KEYS, NEVER, RENAMED
from pullqueue.enums import Place, PullSource
from pullqueue.models import PullStrategy
from pullqueue.services.entries import QUEUED

OPEN = (*QUEUED, Place.EXHAUSTED, Place.UNROUTED)
"""Places of leads that a rebuild judges: those without a queue may find one."""
MOMENT = DateTimeField()
INFINITE = Value(float("inf"), output_field=FloatField())
FAR = datetime(9000, 1, 1, tzinfo=UTC)
BIRTHDAY = """greatest(
    ((date_of_birth + make_interval(years => extract(year from ({now})::date)::int - extract(year from date_of_birth)::int
        + ((({now})::date - interval '2 days')::date > (date_of_birth + make_interval(
            years => extract(year from ({now})::date)::int - extract(year from date_of_birth)::int))::date)::int))
        - interval '1 day')::timestamptz, ({now}) + interval '1 hour')"""
"""A day before the next birthday, from which on the lead is judged one by one."""

COLUMNS = (
    "strategy_id", "lead_id", "number", "segment_id", "key1", "key2", "key3",
    "is_match", "is_ready", "last_holder_id", "judge_at",
)  # fmt: skip

_SOURCES: dict[str, Any] = {
    PullSource.COMPANY: lambda _one: Q(placement__owner=None, placement__branch=None),
    PullSource.BRANCH: lambda one: Q(placement__owner=None, placement__branch=one.branch_id),
    PullSource.OWN_BRANCH: lambda _one: Q(placement__owner=None, placement__branch__isnull=False),
    PullSource.PARENT_BRANCH: lambda _one: Q(placement__owner=None, placement__branch__isnull=False),
    PullSource.UNWORKED: lambda _one: Q(placement__is_unworked=True),
}


def selections(strategy: PullStrategy, *, now: datetime) -> Iterator[Any]:
    """Yield one query a lead type, each of whose rows is an entry of the strategy in the order of COLUMNS."""
    for lead_type in LeadType.objects.filter(Exists(Lead.objects.filter(lead_type=OuterRef("pk")))).prefetch_related("fields"):
        fields = field_specs(lead_type.fields.all())
        try:
            yield _selection(strategy, lead_type, fields, now=now)
        except CriteriaError:
            continue  # leads of this type do not have what the criteria ask about


def _selection(strategy: PullStrategy, lead_type: LeadType, fields: dict[str, FieldSpec], *, now: datetime) -> Any:
    leads = Lead.objects.filter(
        _SOURCES[strategy.source](strategy),
        placement__place__in=OPEN,
        placement__segment__isnull=False,
        lead_type=lead_type,
        attempts__lt=strategy.max_attempts,
    ).exclude(placement__place=Place.UNROUTED, due_at__isnull=False)
    opens = now - timedelta(minutes=strategy.delay_minutes)
    node = read_criteria(strategy.criteria, fields)
    matches = to_q(strategy.criteria, fields, now, among=leads) & Q(received_at__lte=opens)
    bounds = Bounds(leads, now)
    keys = [_key(name, direction, fields, bounds) for name, direction in strategy.order[:MOST_KEYS]]
    keys += [Value(0.0, output_field=FloatField())] * (MOST_KEYS - len(keys))
    turns = list(_turns(node, strategy, now))
    judge_at = Least(*turns, Value(FAR, output_field=MOMENT)) if turns else Value(FAR, output_field=MOMENT)
    found = leads.annotate(
        entry_match=Case(When(matches & EVERY, then=Value(True)), default=Value(False), output_field=BooleanField()),
        entry_turn=Case(When(Q(pk__isnull=False), then=judge_at), output_field=MOMENT),
        **{f"entry_key{number}": key for number, key in enumerate(keys, start=1)},
    ).filter(Q(entry_match=True) | Q(entry_turn__lt=FAR))
    return found.annotate(
        entry_strategy=Value(strategy.pk),
        entry_ready=Case(
            When(Q(entry_match=True, placement__place=Place.READY), then=Value(True)), default=Value(False), output_field=BooleanField()
        ),
        entry_judge=Case(When(entry_turn__lt=FAR, then=F("entry_turn")), output_field=MOMENT),
    ).values_list(
        "entry_strategy", "pk", "number", "placement__segment_id", "entry_key1", "entry_key2", "entry_key3",
        "entry_match", "entry_ready", "placement__last_holder_id", "entry_judge",
    )  # fmt: skip


def _key(name: str, direction: str, fields: dict[str, FieldSpec], bounds: Bounds) -> Any:
    """The key as `domain.order` has it: ascending, with missing values last."""
    if name == LAST_ATTEMPT:
        value: Any = sql(
            "(extract(epoch from coalesce({})) * 1000000)::float8", F("placement__last_attempt_at"), Value(NEVER), output=FloatField()
        )
        return sql("(0 - {})", value, output=FloatField()) if direction == "desc" else value
    spec = fields[RENAMED.get(name, name)]
    target = column(spec, bounds)
    shown = {
        Kind.DATETIME: "(extract(epoch from {}) * 1000000)::float8",
        Kind.DATE: "(({})::text::date - '1970-01-01'::date)::float8",
    }.get(spec.kind, "({})::float8")
    value = sql(shown, target.value, output=FloatField())
    value = sql("(0 - {})", value, output=FloatField()) if direction == "desc" else value
    return Case(When(Q(target.missing), then=INFINITE), default=value, output_field=FloatField())


def _turns(node: Node, strategy: PullStrategy, now: datetime) -> Iterator[Any]:
    """Yield expressions for the instants at which the verdict may turn; FAR for those that are past."""
    conditions: Sequence[Condition] = list(walk(node))
    for minutes in _ages(conditions):
        wait = timedelta(microseconds=int(minutes * 60_000_000))
        for after in (wait, wait + timedelta(microseconds=1)):
            yield _later(after, now)
    if strategy.delay_minutes:
        yield _later(timedelta(minutes=strategy.delay_minutes), now)
    if any(condition.spec.name == "age_years" for condition in conditions):
        birthday = sql(BIRTHDAY.format(now="{0}").replace("{0}", f"'{now.isoformat()}'::timestamptz"), output=MOMENT)
        yield Case(When(date_of_birth__isnull=False, then=birthday), default=Value(FAR, output_field=MOMENT), output_field=MOMENT)


def _later(after: timedelta, now: datetime) -> Case:
    return Case(
        When(received_at__gt=now - after, then=F("received_at") + Value(after)),
        default=Value(FAR, output_field=MOMENT),
        output_field=MOMENT,
    )


def _ages(conditions: Sequence[Condition]) -> Iterator[Decimal]:
    for condition in conditions:
        if condition.spec.name != AGE:
            continue
        typed = condition.typed if isinstance(condition.typed, tuple) else (condition.typed,)
        yield from (value for value in typed if isinstance(value, Decimal))
