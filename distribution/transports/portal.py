"""Delivery by portal: nothing is sent. What is sold stands in the client's own view at once."""

from clients.models import DeliveryMethod
from distribution.domain.problem import Problem
from distribution.domain.retry import Outcome
from distribution.transports.envelope import Envelope, Report
from distribution.transports.outbound import Outbound


async def send(_envelope: Envelope, _outbound: Outbound | None = None) -> Report:
    """The client sees the lead as soon as this is written down."""
    return Report(Outcome.ACCEPTED, message="Shown in the client's own view.")


def check_config(_method: DeliveryMethod) -> tuple[Problem, ...]:
    """There is nothing to set up."""
    return ()
