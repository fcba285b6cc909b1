"""What is written for a client: field maps by serialisers, templates with limits, values that cannot leave their place."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.domain.body import WRITERS, Entry, check_map, mapped, read_map
from distribution.domain.transforms import check_transform, transform
from distribution.transports.template import TemplateProblem, check_template, render

FIELDS = frozenset({"first_name", "phone", "age", "roof", "secret"})
NASTY = ['O"Brien', "a\nb", "x & y", "<script>", "100%", "\u2028", "Núñez", "]]>", "\\", "{{7*7}}", "'; DROP", "a=b&c=d", "\x1b[2J"]


@pytest.mark.parametrize(
    ("value", "written", "expected"),
    [
        ("+13105550100", "digits", "13105550100"),
        ("+13105550100", "digits10", "3105550100"),
        ("Ann", "upper", "ANN"),
        ("ANN", "lower", "ann"),
        ("ann lee", "title", "Ann Lee"),
        ("abcdef", "first:3", "abc"),
        (date(1980, 3, 9), "date", "03/09/1980"),
        (date(1980, 3, 9), "date:%Y%m%d", "19800309"),
        ("1980-03-09", "date:%d.%m.%Y", "09.03.1980"),
        (datetime(2026, 11, 25, 12, 30, tzinfo=UTC), "date:%H:%M", "12:30"),
        (True, "yes_no", "yes"),
        ("no", "yes_no:Y/N", "N"),
        ("250000.50", "number", 250000.5),
        (Decimal("25.00"), "number", 25),
        (7, "text", "7"),
        ("Own", "map:own=1;Rent=0", "1"),
        ("Other", "map:own=1;Rent=0", "Other"),
        (None, "default:none", "none"),
        ("x", "default:none", "x"),
        (None, "fixed:C7", "C7"),
        ("+13105550100", "digits | first:4", "1310"),
        ("", "upper", ""),
        (None, "date", ""),
        (None, "yes_no", ""),
    ],
)
def test_what_a_transform_makes_of_a_value(value: Any, written: str, expected: Any) -> None:
    assert check_transform(written, "x") == ()
    assert transform(value, written) == expected


@pytest.mark.parametrize("written", ["reverse", "first:0", "first:x", "date:%s", "yes_no:a", "map:x", "fixed:", "digits|shout"])
def test_a_transform_that_does_not_exist_or_lacks_its_operand_is_refused(written: str) -> None:
    assert len(check_transform(written, "x")) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_x083_no_value_breaks_out_of_json_form_or_xml(text: str) -> None:
    pairs = mapped([Entry("contact.name", "first_name"), Entry("last", "phone")], {"first_name": text, "phone": "7"})
    assert json.loads(WRITERS["json"](pairs)) == {"contact": {"name": text}, "last": "7"}
    assert parse_qsl(WRITERS["form"](pairs), keep_blank_values=True) == [("contact.name", text), ("last", "7")]
    tree = ET.fromstring(WRITERS["xml"](pairs))  # noqa: S314 -- our own writing
    assert [child.tag for child in tree.iter()] == ["lead", "contact", "name", "last"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_x083_no_value_breaks_out_of_a_template(text: str) -> None:
    values = {"first_name": text}
    assert json.loads(render('{"a": "{{ first_name }}", "b": {{ first_name | json }}}', values, kind="json")) == {"a": text, "b": text}
    assert parse_qsl(render("a={{ lead.first_name }}&b=1", values, kind="form"), keep_blank_values=True) == [("a", text), ("b", "1")]
    root = ET.fromstring(render("<r a='{{ first_name }}'><b>{{ first_name }}</b></r>", values, kind="xml"))  # noqa: S314 -- our own writing
    assert [child.tag for child in root.iter()] == ["r", "b"]
    assert "\n" not in render("{{ first_name }}", values, kind="header")


@pytest.mark.parametrize("value", NASTY)
def test_a_page_shows_a_value_as_text(value: str) -> None:
    shown = render("<p>{{ first_name }}</p>", {"first_name": value}, kind="html")
    assert shown.count("<") == 2


def test_numbers_and_truth_stay_what_they_are_in_json() -> None:
    pairs = mapped(
        read_map([["n", "age"], ["t", "roof"], ["list", "tags"], ["none", "gone"]]),
        {"age": 41, "roof": True, "tags": ("a", "b"), "gone": None},
    )
    assert json.loads(WRITERS["json"](pairs)) == {"n": 41, "t": True, "list": ["a", "b"], "none": ""}
    assert WRITERS["text"](pairs) == "n: 41\nt: true\nlist: a, b\nnone: \n"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ nobody }}", "unknown_field"),
        ("{{ lead.nobody }}", "unknown_field"),
        ("{% if nobody %}x{% endif %}", "unknown_field"),
        ("{{ first_name", "bad_template"),
        ("{% include 'x' %}", "bad_template"),
        ("{% render 'x' %}", "bad_template"),
        ("{% debug %}", "bad_template"),
        ("{% echo first_name %}", "bad_template"),
        ("{% liquid echo first_name %}", "bad_template"),
        ("{% for x in (1..3) %}", "bad_template"),
        ("x" * 70_000, "bad_template"),
    ],
)
def test_x082_a_template_with_an_unknown_field_or_tag_is_an_error_on_save(source: str, code: str) -> None:
    assert [problem.code for problem in check_template(source, "template", fields=FIELDS, kind="json")] == [code]


def test_a_good_template_has_no_problem_and_its_own_variables_are_no_fields() -> None:
    source = "{% assign x = first_name | upcase %}{% for i in (1..2) %}{{ x }}{{ i }}{% endfor %}{{ lead.phone | default: '-' }}"
    assert check_template(source, "template", fields=FIELDS, kind="text") == ()
    assert render(source, {"first_name": "ann", "phone": None}, kind="text") == "ANN1ANN2-"


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in (1..200) %}{% for b in (1..200) %}{% for c in (1..200) %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in (1..9000) %}{{ first_name }}{{ first_name }}{% endfor %}",
        "{{ gone }}",
        "{{ first_name.__class__.mro }}",
        "{{ first_name | no_such_filter }}",
        "{{ 1 | divided_by: 0 }}",
    ],
)
def test_x082_a_template_that_grows_reaches_out_or_fails_is_stopped(source: str) -> None:
    with pytest.raises(TemplateProblem, match="The template cannot be used"):
        render(source, {"first_name": "x" * 100}, kind="text")


@pytest.mark.parametrize(
    ("line", "kind", "code"),
    [
        (["a", "nobody", ""], "json", "unknown_field"),
        (["", "phone", ""], "json", "bad_name"),
        (["a b", "phone", ""], "xml", "bad_name"),
        (["1a", "phone", ""], "xml", "bad_name"),
        (["a..b", "phone", ""], "json", "bad_name"),
        (["a\r\nb", "phone", ""], "form", "bad_name"),
        (["a", "phone", "shout"], "json", "unknown_transform"),
        (["a"], "json", "not_a_line"),
        ("a", "json", "not_a_line"),
    ],
)
def test_a_line_of_a_field_map_that_cannot_work_is_refused(line: Any, kind: str, code: str) -> None:
    assert [problem.code for problem in check_map([["ok", "phone"], line], fields=FIELDS, body_kind=kind)] == [code]


def test_a_name_that_is_there_twice_or_inside_another_is_refused() -> None:
    for second in ("a", "a.b"):
        found = check_map([["a", "phone"], [second, "age"]], fields=FIELDS, body_kind="json")
        assert [problem.code for problem in found] == ["twice"]
