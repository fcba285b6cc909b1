import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.domain.criteria_fields import FieldSpec, Kind
from leads.domain.intake import FieldError, Judged, judge, label_of
from leads.domain.kept_values import from_json, to_json
from leads.domain.lead_types import STANDARD_NAMES, LeadTypeSpec, TypeField
from leads.domain.normalise_text import is_storable

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
ANYTHING = LeadTypeSpec("Anything")
MORTGAGE = LeadTypeSpec(
    "Mortgage",
    (
        TypeField("email", "E-mail", Kind.TEXT, required=True),
        TypeField("loan", "Loan", Kind.CHOICE, required=True, choices=("Purchase", "Refinance")),
        TypeField("amount", "Amount", Kind.DECIMAL, minimum=Decimal(1000), maximum=Decimal(5000000)),
        TypeField("rooms", "Rooms", Kind.INTEGER, minimum=Decimal(1)),
        TypeField("owner", "Owner", Kind.BOOLEAN),
        TypeField("closing", "Closing", Kind.DATE, maximum=date(2026, 12, 31)),
        TypeField("visit", "Visit", Kind.DATETIME),
        TypeField("pets", "Pets", Kind.MULTIPLE, choices=("Cat", "Dog", "Fish, tropical")),
        TypeField("plate", "Plate", Kind.TEXT, pattern="[A-Z]{3}-[0-9]{3}"),
        TypeField("remark", "Remark", Kind.TEXT, maximum=Decimal(1000)),
    ),
)


def taken(name: str, value: object, **more: object) -> Any:
    judged = judge({name: value, **more}, ANYTHING, now=NOW)
    assert judged.errors == ()
    return judged.values[name]


def code(name: str, value: object, **more: object) -> str:
    judged = judge({name: value, **more}, ANYTHING, now=NOW)
    assert name not in judged.values
    (error,) = judged.errors
    assert error.field == name
    return error.code


def own(name: str, value: object) -> Any:
    judged = judge({"email": "ana@x.example", "loan": "Purchase", name: value}, MORTGAGE, now=NOW)
    return judged.errors[0].code if judged.errors else judged.custom.get(name)


def test_a_lead_with_every_kind_of_field() -> None:
    sent = {
        "first_name": " Ana ",
        "last_name": "Nu\u0301n\u0303ez-d'Arc",
        "email": "Ana.Nunez@Example.COM",
        "phone": "(310) 555-0100 ext. 7",
        "address": "1 Main St\nApt 4",
        "state": "california",
        "zip": "90210-1234",
        "country": "usa",
        "latitude": 34.0901,
        "date_of_birth": "02/29/1980",
        "loan": "refinance",
        "amount": "$250,000.50",
        "owner": "no",
        "price": "12",
        "utm": {"medium": ["cpc"]},
    }
    assert judge(sent, MORTGAGE, now=NOW) == Judged(
        values={
            "first_name": "Ana",
            "last_name": "Núñez-d'Arc",
            "email": "Ana.Nunez@example.com",
            "phone": "+13105550100",
            "address": "1 Main St\nApt 4",
            "state": "CA",
            "zip": "90210",
            "country": "US",
            "latitude": Decimal("34.090100"),
            "date_of_birth": date(1980, 2, 29),
        },
        custom={"loan": "Refinance", "amount": Decimal("250000.50"), "owner": False},
        unmapped={"phone_extension": "7", "price": "12", "utm": {"medium": ["cpc"]}},
        errors=(),
    )


def test_every_problem_is_told_at_once_and_what_is_good_is_kept() -> None:
    judged = judge({"zip": "1234", "first_name": "Ana", "phone": "911", "amount": 5, "loan": "Lease"}, MORTGAGE, now=NOW)
    assert [(error.field, error.code) for error in judged.errors] == [
        ("zip", "bad_zip"),
        ("phone", "bad_phone"),
        ("amount", "out_of_range"),
        ("loan", "bad_choice"),
        ("email", "required"),
    ]
    assert judged.values == {"first_name": "Ana"}


def test_the_sandbox_lead_is_enough_for_a_type_that_asks_for_nothing() -> None:
    judged = judge({"zip": "90001", "phone": "3105550100"}, ANYTHING, now=NOW)
    assert judged == Judged({"zip": "90001", "phone": "+13105550100"}, {}, {}, ())


@pytest.mark.parametrize("sent", [{}, {"phone": "", "email": None, "first_name": "  ", "zip": []}, {"foo": "bar"}])
def test_a_lead_without_a_value_is_empty(sent: dict[str, object]) -> None:
    assert [(error.field, error.code) for error in judge(sent, ANYTHING, now=NOW).errors] == [(None, "empty")]


def test_a_blank_required_field_is_missing() -> None:
    judged = judge({"email": " ", "loan": "Purchase"}, MORTGAGE, now=NOW)
    assert judged.errors == (FieldError("email", "required", "Send a value for E-mail."),)


def test_x018_two_hundred_fields_and_not_one_more() -> None:
    assert len(judge({f"f{n}": n for n in range(199)} | {"zip": "90210"}, ANYTHING, now=NOW).unmapped) == 199
    many = judge({f"f{n}": n for n in range(10_000)}, ANYTHING, now=NOW)
    assert [(error.field, error.code) for error in many.errors] == [(None, "too_many_fields")]
    assert many.unmapped == {}


def test_x018_names_are_kept_or_refused_but_never_used() -> None:
    names = ["__proto__", "constructor", "_connector", "pk", "id", "__class__", "take", ""]
    judged = judge({"zip": "90210", **dict.fromkeys(names, "x")}, ANYTHING, now=NOW)
    assert judged == Judged({"zip": "90210"}, {}, dict.fromkeys(names, "x"), ())
    for name, refusal in [("n" * 101, "bad_name"), ("n" * 10_000, "bad_name"), ("a\x00b", "bad_character"), ("\ud800", "bad_character")]:
        judged = judge({"zip": "90210", name: "x"}, ANYTHING, now=NOW)
        assert [(error.field, error.code) for error in judged.errors] == [(None, refusal)]
        assert judged.unmapped == {}


def test_x019_what_only_the_house_may_set_is_kept_unmapped() -> None:
    sent = {"client_id": 1, "price": 9, "source_id": 2, "is_test": True, "created": "2020-01-01", "assigned_to": "me", "status": "sold"}
    assert judge({"zip": "90210", **sent}, ANYTHING, now=NOW) == Judged({"zip": "90210"}, {}, sent, ())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("310-555-0100", "+13105550100"),
        ("1 (310) 555.0100", "+13105550100"),
        ("tel:+13105550100", "+13105550100"),
        (3105550100, "+13105550100"),
        ("３１０５５５０１００", "+13105550100"),
        ("8005550100", "+18005550100"),
        ("+44 20 7123 1234", "+442071231234"),
        ("011 44 20 7123 1234", "+442071231234"),
        ("+1 242 322 0100", "+12423220100"),
    ],
)
def test_x020_phones_become_e164(sent: object, kept: str) -> None:
    assert taken("phone", sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "CALL-ME-NOW",
        "310",
        "1" * 40,
        "+1 (555) 0100 x5",
        "911",
        "0000000000",
        "(555) 555-0100",
        "900 555 0100",
        "+8816 1234 5678",
        "310 555 0100, 310 555 0101",
        "310-555-0100 or 310-555-0101",
        "3105550100/3105550101",
        "1.55501E+10",
        3105550100.5,
        "x5",
    ],
)
def test_x020_what_nobody_can_be_called_on_is_refused(sent: object) -> None:
    assert code("phone", sent) == "bad_phone"


@pytest.mark.parametrize("sent", ["310 555 0100 x12", "3105550100ext12", "310-555-0100 EXT. 12", "3105550100;ext=12", "3105550100 #12"])
def test_x020_an_extension_is_split_off(sent: str) -> None:
    judged = judge({"phone": sent, "phone2": sent}, ANYTHING, now=NOW)
    assert judged.values == {"phone": "+13105550100", "phone2": "+13105550100"}
    assert judged.unmapped == {"phone_extension": "12", "phone2_extension": "12"}


def test_x021_a_number_of_another_state_than_the_zip_is_no_contradiction() -> None:
    assert judge({"phone": "2125551212", "zip": "90210", "state": "CA"}, ANYTHING, now=NOW).errors == ()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("ana@c.example", "ana@c.example"),
        ("Ana@C.Example", "Ana@c.example"),
        ("a.n.a+loan@gmail.com", "a.n.a+loan@gmail.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("o'brien@c.example", "o'brien@c.example"),
        ("jürgen@c.example", "jürgen@c.example"),
        (f"{'a' * 64}@c.example", f"{'a' * 64}@c.example"),
    ],
)
def test_x022_emails_keep_their_local_part(sent: str, kept: str) -> None:
    assert taken("email", sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "a@b",
        "a@b..c",
        '"a b"@c.example',
        "a@[127.0.0.1]",
        f"{'a' * 60}@{'b.' * 120}example",
        ".a@c.example",
        "a.@c.example",
        "a..b@c.example",
        "a@-c.example",
        "a@localhost",
        "a@c.local",
        "plain",
        "@c.example",
    ],
)
def test_x022_what_is_no_address_is_refused(sent: str) -> None:
    assert code("email", sent) == "bad_email"


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ("victim@x.example, other@y.example", "bad_email"),
        ("victim@x.example;other@y.example", "bad_email"),
        ("Victim <victim@x.example>", "bad_email"),
        ("victim%0a@x.example", "bad_email"),
        ("victim%0D%0ABcc:other@x.example", "bad_email"),
        ("victim@x.example\nBcc: other@y.example", "bad_character"),
        ("victim@x.example\r\nother", "bad_character"),
    ],
)
def test_x023_one_address_and_no_headers(sent: str, refusal: str) -> None:
    assert code("email", sent) == refusal


@pytest.mark.parametrize(
    ("sent", "kept"), [("90210-1234", "90210"), (" 90210 ", "90210"), (90210, "90210"), ("902101234", "90210"), ("02134", "02134")]
)
def test_x024_zips_become_five_digits(sent: object, kept: str) -> None:
    assert taken("zip", sent) == kept


@pytest.mark.parametrize("sent", ["00000", "1234", 1234, "K1A 0B1", "9021", "902100", "٩٠٢١٠", "ABCDE"])
def test_x024_other_zips_are_refused(sent: object) -> None:
    assert code("zip", sent) == "bad_zip"


def test_x024_a_lost_zero_is_told_as_such() -> None:
    (error,) = judge({"zip": 2134}, ANYTHING, now=NOW).errors
    assert error.message == "A ZIP has five digits. If a leading zero was lost, send the ZIP as text, such as 02134."


def test_x024_postcodes_of_other_countries_are_theirs() -> None:
    assert taken("zip", "k1a 0b1", country="Canada") == "K1A 0B1"
    assert code("zip", "K1A-0B1-XXXX", country="CA") == "bad_zip"
    assert code("country", "Narnia") == "bad_country"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Texas", "TX"), ("tx", "TX"), ("PR", "PR"), ("Guam", "GU"), ("AE", "AE"), (" new york ", "NY"), ("District of Columbia", "DC")],
)
def test_x025_states_become_codes(sent: str, kept: str) -> None:
    assert taken("state", sent) == kept


@pytest.mark.parametrize("sent", ["XX", "Tex", "Ontario", "N Y", 5])
def test_x025_unknown_states_are_refused(sent: object) -> None:
    assert code("state", sent) == "bad_state"


def test_x025_a_province_goes_with_its_country() -> None:
    assert taken("state", "on", country="CA") == "ON"
    assert code("state", "Ontario", country="CA") == "bad_state"


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ("2027-01-01", "out_of_range"),
        ("1800-01-01", "out_of_range"),
        ("02/30/1990", "bad_date"),
        ("31/12/1990", "bad_date"),
        ("01/02/03", "bad_date"),
        (631152000, "bad_date"),
        ("33000", "bad_date"),
        ("yesterday", "bad_date"),
        ("1990-12-31T00:00", "bad_date"),
    ],
)
def test_x026_dates_of_birth_that_cannot_be(sent: object, refusal: str) -> None:
    assert code("date_of_birth", sent) == refusal


def test_x026_dates_of_birth_in_two_forms() -> None:
    assert taken("date_of_birth", "1990-12-31") == taken("date_of_birth", "12/31/1990") == date(1990, 12, 31)
    assert taken("date_of_birth", "2026-03-02") == NOW.date()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1,000", Decimal(1000)),
        ("1,234,567.89", Decimal("1234567.89")),
        ("$5000", Decimal(5000)),
        (1000.1, Decimal("1000.1")),
        ("1.000,00", "bad_number"),
        ("1,00", "bad_number"),
        ("1e9", "bad_number"),
        ("-1", "out_of_range"),
        ("999.99", "out_of_range"),
        ("5000000.01", "out_of_range"),
        ("1000." + "1" * 20, "bad_number"),
        ("٣٠٠٠", "bad_number"),
        (float("inf"), "bad_number"),
        (True, "wrong_type"),
        ([1000], "wrong_type"),
    ],
)
def test_x028_amounts_are_exact_or_refused(sent: object, kept: object) -> None:
    assert own("amount", sent) == kept


@pytest.mark.parametrize(
    ("sent", "kept"), [("false", False), ("0", False), (0, False), (False, False), ("Yes", True), ("maybe", "bad_boolean")]
)
def test_x029_the_word_false_is_false(sent: object, kept: object) -> None:
    assert own("owner", sent) == kept


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("rooms", "3", 3),
        ("rooms", 3.0, 3),
        ("rooms", "3.5", "bad_number"),
        ("rooms", 0, "out_of_range"),
        ("closing", "2026-12-31", date(2026, 12, 31)),
        ("closing", "2027-01-01", "out_of_range"),
        ("visit", "2026-03-01T09:00:00-06:00", datetime(2026, 3, 1, 15, tzinfo=UTC)),
        ("visit", "2026-03-01T09:00:00", "bad_datetime"),
        ("visit", "soon", "bad_datetime"),
        ("pets", ["dog", "Cat"], ("Cat", "Dog")),
        ("pets", "dog; cat", ("Cat", "Dog")),
        ("pets", "fish, tropical", ("Fish, tropical",)),
        ("pets", ["Dog", "Dog"], ("Dog",)),
        ("pets", ["Cow"], "bad_choice"),
        ("plate", "ABC-123", "ABC-123"),
        ("plate", "ABC-1234", "bad_pattern"),
        ("remark", "x" * 1000, "x" * 1000),
        ("remark", "x" * 1001, "too_long"),
    ],
)
def test_fields_of_the_lead_type(name: str, sent: object, kept: object) -> None:
    assert own(name, sent) == kept


@pytest.mark.parametrize(
    "sent",
    ["https://cert.trustedform.com/0dc1a3a4", "https://CERT.trustedform.com/0dc1a3a4", "F2BB3C1E-4F6A-4B6E-9D6B-2C1F0A9D8E7F"],
)
def test_x030_certificates_of_the_known_offices(sent: str) -> None:
    assert taken("consent_url", sent) == sent


@pytest.mark.parametrize(
    "sent",
    [
        "https://cert.trustedform.com.evil.example/1",
        "https://cert.trustedform.com@evil.example/1",
        "https://user@cert.trustedform.com/1",
        "https://cert.trustedform.com:8443/1",
        "http://cert.trustedform.com/1",
        "https://[::1",
        "cert.trustedform.com/1",
        "00000000-0000-0000-0000-000000000000",
        "F2BB3C1E-4F6A",
    ],
)
def test_x030_x031_other_certificates_are_refused(sent: str) -> None:
    assert code("consent_url", sent) == "bad_consent_url"


def test_x030_a_certificate_of_ten_thousand_characters_is_too_long() -> None:
    assert code("consent_url", "https://cert.trustedform.com/" + "1" * 10_000) == "too_long"


@pytest.mark.parametrize("sent", ["127.0.0.1", "::ffff:10.0.0.1", "999.1.1.1"])
def test_x032_an_address_is_kept_as_claimed(sent: str) -> None:
    assert taken("ip", sent) == sent


def test_x032_a_list_of_fifty_addresses_is_too_long() -> None:
    assert code("ip", ", ".join(["203.0.113.9"] * 50)) == "too_long"


@pytest.mark.parametrize(
    "sent",
    [
        "<script>alert(1)</script>",
        "<img onerror=x>",
        "{{7*7}}",
        "${7*7}",
        "{% debug %}",
        "=HYPERLINK(1)",
        "+1+1",
        "@SUM(1)",
        "'; DROP TABLE lead;--",
        "%_\\",
        "Null",
        "undefined",
        "0",
        "O'Brien",
        "Núñez-d'Arc",
        "X",
        "محمد",
        "山田",
        "👩‍👩‍👧",
        "\u202eevil",
    ],
)
def test_x012_x033_x034_x035_text_is_text(sent: str) -> None:
    assert taken("last_name", sent) == sent


def test_x011_two_hundred_characters_and_not_one_more() -> None:
    assert taken("last_name", "é" * 200) == "é" * 200
    assert code("last_name", "x" * 201) == "too_long"


def test_x034_white_space_around_a_text_falls_off() -> None:
    assert taken("first_name", "\t\rAna \n") == "Ana"


@pytest.mark.parametrize("sent", ["Ana\nBcc: x", "Ana\r\nBcc: x", "a\x1b[2Jb", "a\x00b", "a\ud800b", "a\u2028b", "a\x85b"])
def test_x007_x008_x036_lines_and_control_characters_are_refused_in_one_line(sent: str) -> None:
    for name in ("first_name", "city", "user_agent", "landing_url", "external_id"):
        assert code(name, sent) == "bad_character"


def test_lines_are_fine_in_an_address_but_not_control_characters() -> None:
    assert taken("address", "1 Main St\r\nApt 4") == "1 Main St\r\nApt 4"
    assert code("address", "1 Main\x00St") == "bad_character"


@pytest.mark.parametrize("sent", ["a\x00b", "\ud800", ["a\x00"], {"a": {"b\x00": 1}}, float("nan"), {"a": [float("inf")]}])
def test_what_the_database_cannot_hold_is_refused_in_unknown_fields_too(sent: object) -> None:
    judged = judge({"zip": "90210", "utm": sent}, ANYTHING, now=NOW)
    assert [(error.field, error.code) for error in judged.errors] == [("utm", "bad_character")]
    assert judged.unmapped == {}


@pytest.mark.parametrize("sent", [True, ["Ana"], {"x": "Ana"}])
def test_a_text_is_no_list(sent: object) -> None:
    assert code("first_name", sent) == "wrong_type"


def test_what_a_form_calls_a_field() -> None:
    assert [label_of(name, MORTGAGE) for name in ("zip", "amount", "utm")] == ["ZIP", "Amount", "utm"]


def test_a_type_of_lead_names_its_fields_for_criteria() -> None:
    fields = MORTGAGE.criteria_fields()
    assert fields["loan"] == FieldSpec("loan", Kind.CHOICE, "Loan", ("Purchase", "Refinance"))
    assert fields["zip"].kind is Kind.ZIP


def test_own_values_survive_being_kept_as_json() -> None:
    values = {"amount": Decimal("1000.10"), "closing": date(2026, 5, 1), "visit": NOW, "pets": ("Cat",), "owner": False, "rooms": 3}
    kept = to_json(values)
    assert kept == {
        "amount": "1000.10",
        "closing": "2026-05-01",
        "visit": "2026-03-02T14:00:00+00:00",
        "pets": ["Cat"],
        "owner": False,
        "rooms": 3,
    }
    assert from_json(kept | {"old": "x"}, MORTGAGE.criteria_fields()) == values | {"old": "x"}


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=()), max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
names = st.one_of(
    st.sampled_from(sorted(STANDARD_NAMES | {wanted.name for wanted in MORTGAGE.fields})),
    st.text(st.characters(exclude_categories=()), max_size=8),
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw builds the table of all characters
@given(st.dictionaries(names, json_values, max_size=8))
def test_i7_no_input_breaks_the_judge_and_what_it_keeps_can_be_stored(sent: dict[str, Any]) -> None:
    judged = judge(sent, MORTGAGE, now=NOW)
    for kept in (judged.values, judged.custom, judged.unmapped):
        text = json.dumps(kept, default=str, allow_nan=False, ensure_ascii=False).encode()
        assert b"\\u0000" not in text
    for error in judged.errors:
        assert error.message
        assert is_storable(error.field)


@given(st.sampled_from(sorted(STANDARD_NAMES)), st.from_regex(r"[A-Za-z0-9@._-]{12,30}", fullmatch=True))
def test_a_message_never_repeats_the_value(name: str, value: str) -> None:
    for error in judge({name: value}, ANYTHING, now=NOW).errors:
        assert value not in error.message


def test_x004_a_number_of_five_thousand_digits_is_too_long() -> None:
    assert own("amount", 10**5000) == "too_long"
    assert code("first_name", 10**5000) == "too_long"
