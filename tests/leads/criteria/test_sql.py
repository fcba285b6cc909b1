"""Criteria in SQL say of every lead what criteria in memory say: random trees over a crowd of leads with holes in their data."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distribution.demo.factories import CampaignFactory, LeadFactory, LeadFieldFactory, LeadTypeFactory, SourceFactory
from leads.criteria_sql import to_q
from leads.domain.criteria import STANDARD, CriteriaError, FieldSpec, Kind, compile_criteria
from leads.domain.criteria_operators import OF_AGE, RULES, Operator, Shape
from leads.domain.kept_values import to_json
from leads.models import Lead
from leads.places import point_of_zip
from leads.services.facts import facts_of, field_specs

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)  # Sunday 23:30 in Chicago, Monday 00:30 in New York
CHOICES = ("Cat", "Dog", "Straße")
OWN = {
    "pet": ("choice", CHOICES),
    "pets": ("multiple", CHOICES),
    "debt": ("decimal", ()),
    "cars": ("integer", ()),
    "insured": ("boolean", ()),
    "visit": ("datetime", ()),
    "ends": ("date", ()),
    "remark": ("text", ()),
    "work_zip": ("zip", ()),
}
TEXTS = [
    "IL",
    "il",
    "Núñez",
    "STRASSE",
    "Straße",
    "ς Σ",
    "İstanbul",
    "a%b_c",
    "x\\y",
    "'; --",
    "O'Brien",
    "line\nbreak",
    "ﬀ",
    "3",
    "Ads",
    "Spring",
]
NUMBERS = [Decimal(one) for one in ("-1", "0", "1", "2", "3", "45", "44.9", "0.1", "1999.90", "1999.9000", "41.8858", "-87.6181")]
DATES = [date(1980, 2, 29), date(1981, 3, 1), date(1981, 3, 2), date(2026, 3, 1), date(2026, 3, 2), date(1999, 12, 31)]
INSTANTS = [NOW, NOW - timedelta(minutes=45), NOW - timedelta(seconds=2694, microseconds=1), NOW - timedelta(days=400)]
ZIPS = ["60601", "60607", "53202", "10001", "99999", "K1A 0B1", "00501"]
POOLS: dict[Kind, list[Any]] = {
    Kind.TEXT: TEXTS,
    Kind.CHOICE: [*CHOICES, "sun", "mon", "web", "accepted"],
    Kind.MULTIPLE: list(CHOICES),
    Kind.INTEGER: [0, 1, 2, 3, 23, 45],
    Kind.DECIMAL: NUMBERS,
    Kind.BOOLEAN: [True, False],
    Kind.DATE: DATES,
    Kind.DATETIME: INSTANTS,
    Kind.ZIP: ZIPS,
}


def crowd() -> tuple[list[Lead], dict[str, FieldSpec]]:
    """Two campaigns, 160 leads; each value is there, empty, null or absent. The same ones in every run."""
    dice = random.Random(7)
    lead_type = LeadTypeFactory.create()
    for name, (kind, choices) in OWN.items():
        LeadFieldFactory.create(lead_type=lead_type, name=name, kind=kind, choices=list(choices))
    campaigns = [
        CampaignFactory.create(source=SourceFactory.create(name=source), lead_type=lead_type, name=name, channel=channel)
        for source, name, channel in (("Ads", "Spring", "web"), ("Straße", "O'Brien", "phone"))
    ]
    first = LeadFactory.create(campaign=campaigns[0])
    leads = [_lead(dice, dice.choice(campaigns), first) for _ in range(160)]
    Lead.objects.bulk_create(leads)
    found = list(Lead.objects.select_related("campaign__source").order_by("number"))
    return found, field_specs(lead_type.fields.all())


def _lead(dice: random.Random, campaign: Any, first: Lead) -> Lead:
    def perhaps(pool: list[Any], other: Any = "") -> Any:
        return dice.choice(pool) if dice.random() < 0.7 else other

    return LeadFactory.build(
        campaign=campaign, lead_type=campaign.lead_type, received_at=dice.choice(INSTANTS), cost=dice.choice(["0.00", "45.00", "1999.90"]),
        first_name=perhaps(TEXTS), last_name=perhaps(TEXTS), city=perhaps(TEXTS), state=perhaps(["IL", "WI"]), zip=perhaps(ZIPS),
        phone=perhaps(["+13125550100", "+442071838750", "+1312555010"]), country=perhaps(["US", "CA"]),
        latitude=perhaps([41.8858, 41.9, 0.1], None), longitude=perhaps([-87.6181, -87.9, 45.0], None),
        date_of_birth=perhaps(DATES, None), attempts=dice.randint(0, 3), pull_count=dice.randint(0, 2),
        last_disposition=perhaps(["No answer", "Straße"]), duplicate_of=perhaps([first], None),
        zones=perhaps([["America/Chicago"], ["America/New_York", "America/Chicago"], ["Pacific/Kiritimati"]], []),
        custom=_custom(dice), routes_left=[], due_at=None,
    )  # fmt: skip


def _custom(dice: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, (kind, _) in OWN.items():
        if dice.random() < 0.7:
            pool = POOLS[Kind(kind)]
            values[name] = tuple(dice.sample(CHOICES, dice.randint(0, 3))) if kind == "multiple" else dice.choice(pool)
    kept = to_json(values)
    if dice.random() < 0.2:
        kept[dice.choice(["pet", "remark", "cars", "insured", "work_zip"])] = None
    return kept


SPECS = STANDARD | {name: FieldSpec(name, Kind(kind), name, choices) for name, (kind, choices) in OWN.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value


def one_of(spec: FieldSpec) -> st.SearchStrategy[Any]:
    pool: list[Any] = list(spec.choices) or POOLS[spec.kind]
    if spec.name == "state":
        pool = ["IL", "WI", "mn"]
    return st.sampled_from([_plain(one) for one in pool])


def _in_order(pair: list[Any], kind: Kind) -> list[Any]:
    key = Decimal if kind in (Kind.DECIMAL, Kind.INTEGER) else (lambda one: one.casefold())
    return sorted(pair, key=key)  # type: ignore[arg-type]


SHAPES: dict[Shape, Any] = {
    Shape.NONE: lambda spec: st.none(),
    Shape.ONE: one_of,
    Shape.PART: lambda spec: one_of(spec) if spec.choices else st.sampled_from(["s", "SS", "6060", "i", "%", "_", "\\", "n", "Straße"]),
    Shape.MANY: lambda spec: st.lists(one_of(spec), min_size=1, max_size=3),
    Shape.PAIR: lambda spec: st.lists(one_of(spec), min_size=2, max_size=2).map(lambda pair: _in_order(pair, spec.kind)),
    Shape.PATTERN: lambda spec: st.sampled_from(["^s", "6.*1$", r"\d", r"\bstr", "ß|ss", ".", "line.break", r"\pL{3}"]),
    Shape.NEAR: lambda spec: st.tuples(st.sampled_from(["60601", "53202", "99999"]), st.sampled_from(["0", "2.5", "15", "100", "800"])).map(
        list
    ),
}


@st.composite
def conditions(draw: Any) -> list[Any]:
    spec = draw(st.sampled_from(sorted(SPECS.values(), key=lambda one: one.name)))
    offered = [name for name, rule in RULES.items() if spec.kind in rule.makers and (name not in OF_AGE or spec.name == "age")]
    operator = draw(st.sampled_from(offered))
    return [spec.name, operator.value, draw(SHAPES[RULES[operator].shape](spec))]


def groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    alls = st.lists(inner, max_size=3).map(lambda parts: {"all": parts})
    anys = st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
    return alls | anys | inner.map(lambda part: {"not": part})


TREES = st.recursive(conditions(), groups, max_leaves=6)


def in_sql(tree: Any, fields: dict[str, FieldSpec]) -> set[int]:
    return set(Lead.objects.filter(to_q(tree, fields, NOW)).values_list("number", flat=True))


@pytest.fixture
def people() -> tuple[list[Lead], dict[str, FieldSpec], list[Any]]:
    leads, fields = crowd()
    return leads, fields, [facts_of(lead, fields, now=NOW) for lead in leads]


def in_memory(tree: Any, people: Any) -> set[int]:
    leads, fields, facts = people
    judge = compile_criteria(tree, fields, point_of_zip)
    return {lead.number for lead, known in zip(leads, facts, strict=True) if judge(known) is None}


def test_any_tree_finds_the_same_leads_in_sql_as_in_memory(people: Any) -> None:
    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TREES)
    def agree(tree: Any) -> None:
        assert in_sql(tree, people[1]) == in_memory(tree, people)

    agree()


def test_each_operator_on_each_field_that_takes_it(people: Any) -> None:
    told = 0
    for spec in SPECS.values():
        for name, rule in RULES.items():
            if spec.kind not in rule.makers or (name in OF_AGE and spec.name != "age"):
                continue
            tree = [spec.name, name.value, SAMPLES[rule.shape](spec)]
            assert in_sql(tree, people[1]) == in_memory(tree, people), tree
            assert in_sql({"not": tree}, people[1]) == in_memory({"not": tree}, people), tree
            told += 1
    assert told > 250


def _first(spec: FieldSpec) -> Any:
    return "IL" if spec.name == "state" else _plain((list(spec.choices) or POOLS[spec.kind])[0])


SAMPLES: dict[Shape, Any] = {
    Shape.NONE: lambda spec: None,
    Shape.ONE: _first,
    Shape.PART: lambda spec: _first(spec) if spec.choices else "s",
    Shape.MANY: lambda spec: [_first(spec)],
    Shape.PAIR: lambda spec: [_first(spec)] * 2,
    Shape.PATTERN: lambda spec: "^.",
    Shape.NEAR: lambda spec: ["60601", 15],
}


def test_what_an_empty_tree_and_its_denial_find(people: Any) -> None:
    everyone = {lead.number for lead in people[0]}
    assert in_sql(None, people[1]) == everyone
    assert in_sql({"any": [{"all": []}, ["state", "eq", "ZZ"]]}, people[1]) == everyone
    assert in_sql({"not": {"all": []}}, people[1]) == set()


def test_a_part_cut_out_by_number_is_asked_as_such(people: Any) -> None:
    part = Lead.objects.order_by("number")[:20]
    within = {lead.number for lead in people[0][:20]}
    tree = {"any": [["first_name", "matches", "^s"], ["zip", "within_miles", ["60601", 15]], ["hour", "eq", 0]]}
    found = Lead.objects.filter(pk__in=part.values("pk")).filter(to_q(tree, people[1], NOW, among=part))
    assert {lead.number for lead in found} == in_memory(tree, people) & within


def test_a_value_kept_in_another_type_is_no_value(people: Any) -> None:
    odd = LeadFactory.create(
        campaign=people[0][0].campaign, custom={"cars": "3", "insured": "yes", "visit": "soon", "debt": "much", "pets": "Cat"}
    )
    for field, value in (("cars", 1), ("insured", True), ("visit", NOW.isoformat()), ("debt", 1), ("pets", "Cat")):
        assert odd.number not in in_sql([field, "eq", value], people[1])
        assert odd.number in in_sql([field, "is_empty"], people[1])
    assert odd.number not in in_sql(["cars", "lt", 1], people[1])


def test_what_may_not_be_saved_is_not_asked(people: Any) -> None:
    with pytest.raises(CriteriaError):
        to_q(["zip", Operator.GTE, 60601], people[1], NOW)
