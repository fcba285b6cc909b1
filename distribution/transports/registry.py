"""Which transport a kind of delivery method uses."""

from collections.abc import Callable

from clients.enums import MethodKind
from clients.models import DeliveryMethod
from distribution.domain.problem import Problem
from distribution.transports import mail, ping, portal, sftp, webhook
from distribution.transports.loop import Send

SENDERS: dict[str, Send] = {
    MethodKind.WEBHOOK: webhook.send,
    MethodKind.PING_POST: webhook.send,
    MethodKind.EMAIL: mail.send,
    MethodKind.FILE: sftp.send,
    MethodKind.PORTAL: portal.send,
}
CHECKS: dict[str, Callable[[DeliveryMethod], tuple[Problem, ...]]] = {
    MethodKind.WEBHOOK: webhook.check_config,
    MethodKind.PING_POST: ping.check_config,
    MethodKind.EMAIL: mail.check_config,
    MethodKind.FILE: sftp.check_config,
    MethodKind.PORTAL: portal.check_config,
}


def check_config(method: DeliveryMethod) -> tuple[Problem, ...]:
    """Return everything that would keep a method from working, each at its field with the remedy."""
    return CHECKS[method.kind](method)
