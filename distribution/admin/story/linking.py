"""Sentences with the names in them as links: from any name one click leads to its page."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from clients.models import DeliveryAccount
from distribution.domain.explain import Names
from leads.viewer import viewer


@dataclass(frozen=True, slots=True)
class Links:
    """Names of clients with their pages; what is no name is escaped."""

    pages: Mapping[str, str] = field(default_factory=dict)

    def html(self, text: str) -> SafeString:
        """Return the text with every known name as a link, the longest name first."""
        if not self.pages:
            return format_html("{}", text)
        names = sorted(self.pages, key=len, reverse=True)
        parts = re.split(f"({'|'.join(re.escape(name) for name in names)})", text)
        return format_html_join("", "{}", ((self._part(part),) for part in parts))

    def _part(self, part: str) -> SafeString:
        page = self.pages.get(part)
        return format_html('<a href="{}">{}</a>', page, part) if page else escape(part)


def client_page(client: int) -> str:
    return reverse("admin:clients_client_change", args=[client])


def account_page(account: int) -> str:
    return reverse("admin:clients_deliveryaccount_change", args=[account])


def page_of(name: str, *args: object) -> str:
    """Return the address of a page that may not be there; empty then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def links_to(clients: Mapping[int, str]) -> Links:
    return Links({name: client_page(client) for client, name in clients.items() if name})


def names_of(clients: Mapping[int, str], accounts: Iterable[DeliveryAccount]) -> Names:
    """Names as the sentences of a trace use them, with the company's sign of money."""
    currency, told = viewer().currency, list(accounts)
    return Names(
        clients,
        {account.pk: account.name for account in told},
        money="$" if currency == "USD" else f"{currency} ",
        zones={account.pk: account.time_zone or account.client.time_zone for account in told},
    )
