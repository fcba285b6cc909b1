"""Lists, forms and pages of selling; one module a noun."""

from distribution.admin import account, campaign, client, delivery, lead, method, review, settings, unrouted, user

__all__ = ["account", "campaign", "client", "delivery", "lead", "method", "review", "settings", "unrouted", "user"]
