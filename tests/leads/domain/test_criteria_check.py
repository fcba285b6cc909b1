from typing import Any

import pytest

from leads.domain.criteria import STANDARD, Code, FieldSpec, Kind, check, operators_of, read_criteria, walk

FIELDS = STANDARD | {"loan": FieldSpec("loan", Kind.CHOICE, "Loan", ("Purchase", "Refinance"))}


def places(tree: object) -> list[tuple[str, Code]]:
    return [(problem.path, problem.code) for problem in check(tree, FIELDS)]


@pytest.mark.parametrize(
    "tree",
    [
        None,
        {},
        {"all": []},
        ["age_lt", 60],
        ["email", "is_set"],
        ["email", "is_set", None],
        ["email", "is_empty", True],
        ["zip", "eq", "K1A 0B1"],
        ["loan", "in", ["purchase"]],
        {"not": {"any": [["state", "in", ["IA", "PR"]], {"all": [["cost", "between", ["1.50", 2]]]}]}},
    ],
)
def test_good_trees_have_no_problems(tree: object) -> None:
    assert check(tree, FIELDS) == ()


@pytest.mark.parametrize(
    ("tree", "path", "code"),
    [
        ("state", "", Code.NOT_A_CONDITION),
        (["state"], "", Code.NOT_A_CONDITION),
        (["state", "eq", "IA", "MN"], "", Code.NOT_A_CONDITION),
        ([["state", "eq", "IA"]], "", Code.NOT_A_CONDITION),
        ({"all": {"state": "IA"}}, "all", Code.NOT_A_CONDITION),
        ({"none": []}, "", Code.UNKNOWN_GROUP),
        ({"all": [], "any": []}, "", Code.UNKNOWN_GROUP),
        ({"any": []}, "any", Code.EMPTY_GROUP),
        ({"not": []}, "not", Code.NOT_A_CONDITION),
        (["shoe_size", "eq", 9], "field", Code.UNKNOWN_FIELD),
        (["state", "is", "IA"], "operator", Code.UNKNOWN_OPERATOR),
        (["state", "lt", "IA"], "operator", Code.WRONG_OPERATOR),
        (["state", "within_miles", ["60601", 5]], "operator", Code.WRONG_OPERATOR),
        (["cost", "contains", "1"], "operator", Code.WRONG_OPERATOR),
        (["cost", "age_lt", 5], "operator", Code.WRONG_OPERATOR),
        (["loan", "starts_with", "P"], "operator", Code.WRONG_OPERATOR),
        (["state", "eq"], "value", Code.WRONG_VALUE),
        (["state", "eq", ""], "value", Code.WRONG_VALUE),
        (["state", "eq", 5], "value", Code.WRONG_VALUE),
        (["state", "eq", "Iowa"], "value", Code.WRONG_VALUE),
        (["state", "in", ["IA", "Iowa"]], "value", Code.WRONG_VALUE),
        (["state", "in", "IA"], "value", Code.WRONG_VALUE),
        (["state", "in", []], "value", Code.WRONG_VALUE),
        (["city", "eq", "a\x00"], "value", Code.WRONG_VALUE),
        (["city", "eq", "\ud800"], "value", Code.WRONG_VALUE),
        (["city", "eq", "x" * 501], "value", Code.WRONG_VALUE),
        (["zip", "eq", 60601], "value", Code.WRONG_VALUE),
        (["zip", "eq", "6060"], "value", Code.WRONG_VALUE),
        (["attempts", "lt", "three"], "value", Code.WRONG_VALUE),
        (["attempts", "lt", True], "value", Code.WRONG_VALUE),
        (["attempts", "eq", 2.5], "value", Code.WRONG_VALUE),
        (["cost", "eq", float("nan")], "value", Code.WRONG_VALUE),
        (["cost", "eq", 1e300], "value", Code.WRONG_VALUE),
        (["cost", "eq", "٣"], "value", Code.WRONG_VALUE),
        (["cost", "between", [2, 1]], "value", Code.WRONG_VALUE),
        (["cost", "between", [1]], "value", Code.WRONG_VALUE),
        (["date_of_birth", "lt", "02/30/1990"], "value", Code.WRONG_VALUE),
        (["date_of_birth", "lt", "1990-02-30"], "value", Code.WRONG_VALUE),
        (["added", "lt", "2026-03-01T09:00:00"], "value", Code.WRONG_VALUE),
        (["added", "lt", "0001-01-01T00:00:00+14:00"], "value", Code.WRONG_VALUE),
        (["loan", "eq", "Lease"], "value", Code.WRONG_VALUE),
        (["weekday", "eq", "Monday"], "value", Code.WRONG_VALUE),
        (["email", "is_set", False], "value", Code.WRONG_VALUE),
        (["zip", "within_miles", "60601"], "value", Code.WRONG_VALUE),
        (["zip", "within_miles", [60601, 5]], "value", Code.WRONG_VALUE),
        (["zip", "within_miles", ["60601", -1]], "value", Code.WRONG_VALUE),
        (["zip", "within_miles", ["60601", "far"]], "value", Code.WRONG_VALUE),
        (["age_lt", "an hour"], "value", Code.WRONG_VALUE),
        (["email", "matches", "(a"], "value", Code.BAD_PATTERN),
        (["email", "matches", "(?=a)b"], "value", Code.BAD_PATTERN),
        (["email", "matches", r"(a)\1"], "value", Code.BAD_PATTERN),
        (["email", "matches", "a" * 501], "value", Code.BAD_PATTERN),
    ],
)
def test_a_mistake_is_refused_with_its_place(tree: object, path: str, code: Code) -> None:
    assert places(tree) == [(path, code)]


def test_every_problem_is_told_at_once() -> None:
    tree = {"all": [["state", "lt", "IA"], {"any": [["cost", "eq", "x"], {"not": ["nobody", "eq", 1]}]}, ["age_lt", 60]]}
    assert places(tree) == [
        ("all[0].operator", Code.WRONG_OPERATOR),
        ("all[1].any[0].value", Code.WRONG_VALUE),
        ("all[1].any[1].not.field", Code.UNKNOWN_FIELD),
    ]


def test_both_an_unknown_field_and_an_unknown_operator_are_told() -> None:
    assert places(["nobody", "is", 1]) == [("field", Code.UNKNOWN_FIELD), ("operator", Code.UNKNOWN_OPERATOR)]


def test_a_pattern_that_would_hang_other_engines_is_taken() -> None:
    assert check(["email", "matches", "(a+)+$"], FIELDS) == ()


def test_fifty_conditions_are_taken_and_not_one_more() -> None:
    assert places({"all": [["state", "eq", "IA"]] * 50}) == []
    assert places({"all": [["state", "eq", "IA"]] * 500}) == [("all[50]", Code.TOO_MANY)]


def nested(levels: int) -> Any:
    tree: Any = ["state", "eq", "IA"]
    for _ in range(levels):
        tree = {"not": tree}
    return tree


def test_eight_levels_are_taken_and_not_one_more() -> None:
    assert places(nested(8)) == []
    assert places(nested(9)) == [(".".join(["not"] * 9), Code.TOO_DEEP)]
    assert places(nested(5000)) == [(".".join(["not"] * 9), Code.TOO_DEEP)]


def test_nodes_keep_both_the_written_and_the_typed_value() -> None:
    (condition,) = walk(read_criteria({"all": [["state", "in", ["IA", "Mn"]]]}, FIELDS))
    assert (condition.path, condition.value, condition.typed) == ("all[0]", ["IA", "Mn"], ("ia", "mn"))


def test_a_form_offers_only_operators_that_a_kind_takes() -> None:
    assert [str(operator) for operator in operators_of(Kind.BOOLEAN)] == ["eq", "ne", "in", "not_in", "is_empty", "is_set"]
    assert "within_miles" in operators_of(Kind.ZIP)
    assert "age_lt" not in operators_of(Kind.DECIMAL)
