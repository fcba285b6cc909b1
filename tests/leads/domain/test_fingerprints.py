from typing import Any

from leads.domain.fingerprints import fingerprints

BY_PHONE_OR_EMAIL = (("phone",), ("email",))
ANA: dict[str, Any] = {"phone": "+13105550100", "email": "Ana@x.example", "last_name": "Núñez", "zip": "90210"}


def marks(values: dict[str, Any], sets: tuple[tuple[str, ...], ...] = BY_PHONE_OR_EMAIL, lead_type: int = 1) -> tuple[bytes, ...]:
    return fingerprints(sets, values, lead_type=lead_type)


def test_one_mark_a_set_of_which_all_fields_are_there() -> None:
    assert [len(mark) for mark in marks(ANA)] == [16, 16]
    assert len(marks({"phone": "+13105550100", "email": ""})) == 1
    assert marks({"last_name": "Núñez"}, (("last_name", "zip"),)) == ()
    assert marks(ANA, ((),)) == ()


def test_the_same_phone_meets_in_one_mark_and_another_person_in_none() -> None:
    other_mail = ANA | {"email": "other@x.example"}
    assert set(marks(ANA)) & set(marks(other_mail)) == {marks(ANA)[0]}
    assert not set(marks(ANA)) & set(marks({"phone": "+13105550101", "email": "bo@x.example"}))


def test_marks_are_the_same_for_ever() -> None:
    assert [mark.hex() for mark in marks(ANA)] == ["c9b3856fb4273d4303961dc76ebdd4c1", "02cc2d7adeedf2065c0e1781c49e8eba"]


def test_case_invisible_characters_and_order_make_no_difference() -> None:
    by_name = (("last_name", "zip"),)
    assert marks(ANA, by_name) == marks(ANA | {"last_name": "NÚ\u200bÑEZ"}, (("zip", "last_name"),))
    assert marks(ANA, by_name) != marks(ANA | {"last_name": "Nunez"}, by_name)


def test_other_lead_types_and_other_fields_never_meet() -> None:
    assert not set(marks(ANA)) & set(marks(ANA, lead_type=2))
    assert marks({"phone": "x"}, (("phone",),)) != marks({"email": "x"}, (("email",),))
    assert marks({"a": "1", "b": "2"}, (("a", "b"),)) != marks({"a": "12", "b": ""}, (("a", "b"),))
