"""Every `select_for_update` of this app, in one order: lead, pools (by key), cap windows (by key), delivery."""

from collections.abc import Iterable
from uuid import UUID

from distribution.models import Delivery, Pool
from leads.models import Lead


def lock_lead(lead_id: UUID) -> Lead:
    """Return the lead, locked until the transaction ends, with what routing reads of its campaign."""
    leads = Lead.objects.select_for_update(of=("self",)).select_related("campaign__sale", "campaign__source", "lead_type")
    return leads.get(pk=lead_id)


def hold_leads(lead_ids: Iterable[UUID]) -> None:
    """Lock the rows of leads in the order of their ids, and read nothing of them."""
    list(Lead.objects.select_for_update().filter(pk__in=sorted(lead_ids)).order_by("pk").values_list("pk"))


def lock_delivery(delivery_id: UUID) -> Delivery:
    """Return the delivery, locked until the transaction ends. Lock its lead first."""
    return Delivery.objects.select_for_update(of=("self",)).select_related("client", "account", "method").get(pk=delivery_id)


def lock_pools(keys: Iterable[str]) -> dict[str, Pool]:
    """Return the pools by key, made where missing, locked in the order of their keys."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    pools = _locked(wanted)
    if len(pools) < len(wanted):
        Pool.objects.bulk_create([Pool(key=key) for key in wanted if key not in pools], ignore_conflicts=True)
        pools = _locked(wanted)
    return pools


def _locked(keys: list[str]) -> dict[str, Pool]:
    return {pool.key: pool for pool in Pool.objects.select_for_update().filter(key__in=keys).order_by("key")}
