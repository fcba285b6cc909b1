"""A lead type that requires the phone lists it among its fields; it is the lead's own column all the same."""

import pytest

from distribution.demo.factories import LeadFactory
from distribution.services.payload import lead_values

pytestmark = pytest.mark.django_db


def test_a_standard_field_that_the_lead_type_requires_is_sent_with_its_value() -> None:
    lead = LeadFactory.create(phone="+13125550142", zip="60601", custom={"roof_age": 12})

    sent = lead_values(lead, ["phone", "zip", "roof_age", "homeowner"])

    assert (sent["phone"], sent["zip"], sent["roof_age"], sent["homeowner"]) == ("+13125550142", "60601", 12, None)
