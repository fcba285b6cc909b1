"""A return is a booking of its day: the day of the sale keeps what it earned."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from distribution.demo.factories import ManagerFactory
from distribution.reports import Days, client_report, figures
from distribution.services.market import forget_market
from distribution.services.returns import grant
from tests.distribution.pages.world import Market

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/New_York")


def test_home_takes_a_return_off_the_day_it_was_granted_and_leaves_the_day_of_the_sale() -> None:
    forget_market()
    market = Market.open()
    market.buyer("Bluewater", "42.00")
    market.lead()
    delivery = market.sell()
    later = market.now + timedelta(days=7)
    grant(delivery=delivery, by=ManagerFactory.create(), now=later, reason="The number is dead")

    days = Days.at(later + timedelta(hours=1), ZONE)
    revenue = next(figure for figure in figures(days) if figure.label == "Revenue")
    assert (revenue.value, revenue.before) == (Decimal("-42.00"), Decimal("42.00"))
    (row,) = client_report(days).rows
    assert (row.name, row.sold, row.revenue, row.before) == ("Bluewater", 0, Decimal("-42.00"), Decimal("42.00"))
