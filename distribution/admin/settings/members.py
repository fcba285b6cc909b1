"""Finding who may join a delivery group, as the person types."""

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from clients.models import Client, DeliveryAccount
from leads.menu import page

MOST = 8


@page(
    None,
    address="settings/client-settings/distribution/members/",
    name="distribution_settings_members",
    permission="distribution.change_settingsversion",
)
@require_safe
def find_members(request: HttpRequest) -> JsonResponse:
    """Clients whose name holds the text, then accounts; both as the group's form names them."""
    term = request.GET.get("q", "").strip()[:100]
    if not term:
        return JsonResponse({"found": []})
    clients = Client.objects.filter(archived_at=None, name__icontains=term)[:MOST]
    wanted = Q(name__icontains=term) | Q(client__name__icontains=term)
    accounts = DeliveryAccount.objects.filter(wanted, archived_at=None, client__archived_at=None).select_related("client")[:MOST]
    found = [{"value": f"client:{one.pk}", "name": one.name, "about": "all its accounts"} for one in clients]
    found += [{"value": f"account:{one.pk}", "name": str(one), "about": "this account only"} for one in accounts]
    return JsonResponse({"found": found})
