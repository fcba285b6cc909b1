"""Lists, forms and pages of selling; one module a noun."""

from distribution.admin import (
    account,
    backtest,
    campaign,
    client,
    delivery,
    lead,
    mailpause,
    method,
    returns,
    review,
    sandbox,
    settings,
    statement,
    unrouted,
    user,
    why,
)

__all__ = [
    "account",
    "backtest",
    "campaign",
    "client",
    "delivery",
    "lead",
    "mailpause",
    "method",
    "returns",
    "review",
    "sandbox",
    "settings",
    "statement",
    "unrouted",
    "user",
    "why",
]
