"""Where PostgreSQL finds a fact of a lead, for conditions in SQL: its expression, when it is missing, and how values are handed over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, DateTimeField, DecimalField, F, Func, IntegerField, JSONField, Q, TextField, Value, When
from django.db.models.lookups import Exact

from leads.domain.criteria_fields import STANDARD, FieldSpec, Kind
from leads.domain.hours import DAYS
from leads.models import Lead
from leads.models.lead import LeadQuerySet

NUMBER = DecimalField(max_digits=60, decimal_places=20)


def sql(template: str, *parts: Any, joiner: str = ", ", output: Any = None) -> Func:
    """An expression in SQL words: `{}` in the template stands for the parts, joined."""
    return Func(*parts, template=template.replace("{}", "%(expressions)s"), arg_joiner=joiner, output_field=output or BooleanField())


@dataclass(frozen=True)
class Bounds:
    """The leads that are asked about, and when."""

    asked: LeadQuerySet
    now: datetime

    @cached_property
    def leads(self) -> LeadQuerySet:
        """A part cut out by number takes no further questions, so it is asked by its keys."""
        return Lead.objects.filter(pk__in=self.asked.values("pk")) if self.asked.query.is_sliced else self.asked

    def distinct(self, expression: Any) -> list[Any]:
        return list(self.leads.order_by().annotate(criterion_value=expression).values_list("criterion_value", flat=True).distinct())

    @cached_property
    def zones(self) -> tuple[str, ...]:
        return tuple(sorted(zone for zone in self.distinct(F("zones__0")) if zone))

    def by_zone(self, told: Callable[[datetime], Any], unknown: Any, output: Any) -> Case:
        """What the wall clock where a lead is tells, worked out for each of the few zones."""
        whens = [When(zones__0=zone, then=Value(told(self._local(ZoneInfo(zone))), output_field=output)) for zone in self.zones]
        return Case(*whens, default=Value(unknown, output_field=output), output_field=output)

    def _local(self, zone: tzinfo) -> datetime:
        return self.now.astimezone(zone)


@dataclass(frozen=True)
class Column:
    """`given` turns a typed value of a criterion into what `value` is compared with."""

    value: Any
    missing: Any
    given: Callable[[Any], Any] = lambda typed: typed


def _text(value: Any) -> Column:
    return Column(value, sql("(coalesce({}, '') = '')", value))


def _known(value: Any, given: Callable[[Any], Any] = lambda typed: typed) -> Column:
    return Column(value, sql("({} IS NULL)", value), given)


def _coordinate(name: str) -> Column:
    """As the decimal that it is written as, not as the nearest fraction of two."""
    return _known(sql("({})::text::numeric", F(name), output=NUMBER))


def _date_number(at: datetime) -> int:
    return at.year * 10_000 + at.month * 100 + at.day


def _age_years(bounds: Bounds) -> Column:
    today = bounds.by_zone(_date_number, _date_number(bounds.now), IntegerField())
    born = sql("({})::int", sql("to_char({}, 'YYYYMMDD')", F("date_of_birth"), output=TextField()), output=IntegerField())
    return _known(sql("floor(({}) / 10000.0)", today, born, joiner=" - ", output=NUMBER))


def _age(bounds: Bounds) -> Column:
    seconds = sql("extract(epoch from ({}))", Value(bounds.now), F("received_at"), joiner=" - ", output=NUMBER)
    return _known(seconds, lambda minutes: minutes * 60)


_DERIVED: Mapping[str, Callable[[Bounds], Column]] = {
    "latitude": lambda _bounds: _coordinate("latitude"),
    "longitude": lambda _bounds: _coordinate("longitude"),
    "age_years": _age_years,
    "age": _age,
    "area_code": lambda _bounds: _text(sql(r"substring({} from '^\+1(.{3}).{7}$')", F("phone"), output=TextField())),
    "weekday": lambda bounds: _text(bounds.by_zone(lambda at: DAYS[at.weekday()], "", TextField())),
    "hour": lambda bounds: _known(bounds.by_zone(lambda at: at.hour, None, IntegerField())),
    "source": lambda _bounds: _text(F("campaign__source__name")),
    "campaign": lambda _bounds: _text(F("campaign__name")),
    "channel": lambda _bounds: _text(F("campaign__channel")),
    "duplicate_of": lambda _bounds: _text(sql("({})::text", F("duplicate_of_id"), output=TextField())),
    "added": lambda _bounds: _known(F("received_at")),
}
_TEXTS = frozenset({Kind.TEXT, Kind.ZIP, Kind.CHOICE})


def column(spec: FieldSpec, bounds: Bounds) -> Column:
    """The column of a field, derived, standard or one of the lead type's own."""
    if spec.name in _DERIVED:
        return _DERIVED[spec.name](bounds)
    if spec.name in STANDARD:
        return _text(F(spec.name)) if spec.kind in _TEXTS else _known(F(spec.name))
    return _OWN[spec.kind](spec.name)


# The lead type's own values stand in JSON. A key with null is no value, and what is kept in another type than its field has now
# (the field was changed since) is none either: jsonb orders numbers below texts, so without this "3" would be less than 1.


def _kept(name: str) -> Func:
    return sql("({})", F("custom"), Value(name, output_field=TextField()), joiner=" -> ", output=JSONField())


def _written(name: str) -> Func:
    return sql("({})", F("custom"), Value(name, output_field=TextField()), joiner=" ->> ", output=TextField())


def _is(name: str, kind: str) -> Q:
    return Q(Exact(sql("jsonb_typeof({})", _kept(name), output=TextField()), Value(kind)))


def _reads_as(name: str, kind: str) -> Q:
    return _is(name, "string") & Q(sql("pg_input_is_valid({}, '" + kind + "')", _written(name)))


def _cast(name: str, kind: str, output: Any) -> Func:
    return sql("({})::" + kind, _written(name), output=output)


def _own_text(name: str) -> Column:
    return _text(Case(When(_is(name, "string"), then=_written(name)), output_field=TextField()))


def _own_number(name: str) -> Column:
    return _known(Case(When(_is(name, "number"), then=_cast(name, "numeric", NUMBER)), output_field=NUMBER))


def _own_decimal(name: str) -> Column:
    number = _cast(name, "numeric", NUMBER)
    whens = When(_is(name, "number"), then=number), When(_reads_as(name, "numeric"), then=number)
    return _known(Case(*whens, output_field=NUMBER))


def _own_boolean(name: str) -> Column:
    return _known(Case(When(_is(name, "boolean"), then=_cast(name, "boolean", BooleanField())), output_field=BooleanField()))


def _own_date(name: str) -> Column:
    """Dates are kept as YYYY-MM-DD, which stand in order as texts."""
    text = Case(When(_is(name, "string"), then=_written(name)), output_field=TextField())
    return Column(sql('({} COLLATE "C")', text, output=TextField()), sql("(coalesce({}, '') = '')", text), lambda day: day.isoformat())


def _own_datetime(name: str) -> Column:
    instant = _cast(name, "timestamptz", DateTimeField())
    return _known(Case(When(_reads_as(name, "timestamptz"), then=instant), output_field=DateTimeField()))


def _own_multiple(name: str) -> Column:
    chosen = Case(When(_is(name, "array"), then=_kept(name)), output_field=JSONField())
    return Column(chosen, sql("(coalesce({}, '[]'::jsonb) = '[]'::jsonb)", chosen))


_OWN: dict[Kind, Callable[[str], Column]] = {
    Kind.TEXT: _own_text,
    Kind.CHOICE: _own_text,
    Kind.ZIP: _own_text,
    Kind.INTEGER: _own_number,
    Kind.DECIMAL: _own_decimal,
    Kind.BOOLEAN: _own_boolean,
    Kind.DATE: _own_date,
    Kind.DATETIME: _own_datetime,
    Kind.MULTIPLE: _own_multiple,
}
