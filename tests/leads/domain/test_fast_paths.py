"""Phones and e-mails that are taken by their shape alone must get the verdict of the whole grammar."""

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from leads.domain import normalise_email
from leads.domain.normalise_email import read_email
from leads.domain.normalise_phone import read_phone
from leads.domain.normalise_text import Refused


@given(st.integers(200, 999), st.integers(0, 9_999_999))
def test_american_numbers_get_the_verdict_of_the_tables(area_code: int, rest: int) -> None:
    digits = f"{area_code}{rest:07}"
    number = phonenumbers.parse(digits, "US")
    premium = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.PREMIUM_RATE
    try:
        taken = read_phone(digits)
    except Refused:
        taken = None
    assert taken == ((f"+1{digits}", "") if phonenumbers.is_valid_number(number) and not premium else None)


def test_every_area_code_gets_the_verdict_of_the_tables() -> None:
    for area_code in range(200, 1000):
        test_american_numbers_get_the_verdict_of_the_tables.hypothesis.inner_test(area_code, 5550100)  # type: ignore[attr-defined]


@given(
    st.from_regex(
        r"[A-Za-z0-9_+.-]{1,20}@([A-Za-z0-9-]{1,8}\.){0,3}(com|de|test|local|example|C0M|xn--p1ai|[A-Za-z0-9-]{1,3})", fullmatch=True
    )
)
def test_addresses_get_the_verdict_of_the_grammar(address: str) -> None:
    try:
        expected = normalise_email._whole_grammar(address)
    except Refused:
        expected = None
    try:
        taken = read_email(address)
    except Refused:
        taken = None
    assert taken == expected
