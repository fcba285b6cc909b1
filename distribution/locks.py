"""Every `select_for_update` of this app, in one order: lead, pools (by key), cap windows (by key), delivery."""

from collections.abc import Iterable
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Model

from distribution.models import CampaignSale, Delivery, Pool
from leads.models import Campaign, Lead, LeadType, Source
from leads.queries import columns, objects

LEAD: tuple[type[Model], ...] = (Lead, Campaign, Source, LeadType, CampaignSale)


@cache
def _lead_statement(also: str) -> str:
    """Put it together once: every routing begins with it."""
    return f"""
        SELECT {also}, {columns(LEAD)} FROM leads_lead part0
        JOIN leads_campaign part1 ON part1.id = part0.campaign_id
        JOIN leads_source part2 ON part2.id = part1.source_id
        JOIN leads_leadtype part3 ON part3.id = part0.lead_type_id
        LEFT JOIN distribution_campaignsale part4 ON part4.campaign_id = part1.id
        WHERE part0.id = %s FOR UPDATE OF part0
    """  # noqa: S608 -- names from the models


def lock_lead(lead_id: UUID) -> Lead:
    """Return the lead, locked until the transaction ends, with what routing reads of its campaign."""
    return lock_lead_and("0", lead_id)[1]


def lock_lead_and(also: str, lead_id: UUID) -> tuple[Any, Lead]:
    """Lock the lead as `lock_lead` does, and return with it what the expression `also` comes to."""
    with connection.cursor() as cursor:
        cursor.execute(_lead_statement(also), [lead_id])
        row = cursor.fetchone()
    if row is None:
        raise Lead.DoesNotExist(f"There is no lead {lead_id}.")
    told, *values = row
    lead, campaign, source, lead_type, sale = tuple[Any, ...](objects(LEAD, values))
    lead.campaign, lead.lead_type, campaign.source = campaign, lead_type, source
    cast("Any", Campaign).sale.related.set_cached_value(campaign, sale)
    return told, cast("Lead", lead)


def hold_leads(lead_ids: Iterable[UUID]) -> None:
    """Lock the rows of leads in the order of their ids, and read nothing of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(lead_ids)])


def hold_sendings(deliveries: Iterable[Delivery]) -> set[UUID]:
    """Lock deliveries behind their leads, in the order of those, and return which of them are still this claim's to settle."""
    claims = {delivery.pk: delivery.claim for delivery in deliveries}
    with connection.cursor() as cursor:
        cursor.execute(SENDINGS, [list(claims)])
        return {pk for pk, claim in cursor.fetchall() if claims[pk] == claim}


SENDINGS = """
    SELECT d.id, CASE WHEN d.state = 'sending' THEN d.claim END
    FROM leads_lead l JOIN distribution_delivery d ON d.lead_id = l.id
    WHERE d.id = ANY(%s::uuid[]) ORDER BY l.id FOR UPDATE OF l, d
"""


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


POOLS = "SELECT id, key, state FROM distribution_pool WHERE key = ANY(%(pools)s)"
POOLS_LOCKED = f"{POOLS} ORDER BY key FOR UPDATE"
"""The same lock as a part of a statement that reads more."""


def _locked(keys: list[str]) -> dict[str, Pool]:
    statement = f"SELECT {columns([Pool])} FROM distribution_pool part0 WHERE part0.key = ANY(%s) ORDER BY part0.key FOR UPDATE"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys])
        pools = [cast("Pool", next(objects([Pool], row))) for row in cursor.fetchall()]
    return {pool.key: pool for pool in pools}


def hold_client(client_id: int) -> None:
    """Let nobody else count what this client may still return until the transaction ends. Take it before anything else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM clients_client WHERE id = %s FOR NO KEY UPDATE", [client_id])
