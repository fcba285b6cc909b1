"""What intake said of a lead is told in words, never by its code."""

import pytest

from leads.events import sentence
from leads.models import Event


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["bad_phone"], "Rejected: the phone is no number that can be called."),
        (["bad_zip", "required"], "Rejected: the ZIP does not exist, a field that is needed is missing."),
        (["brand_new_code"], "Rejected: brand new code."),
        ([], "Rejected."),
    ],
)
def test_a_rejection_is_told_in_words(codes: list[str], said: str) -> None:
    assert sentence(Event(kind="lead.rejected", data={"codes": codes})) == said
