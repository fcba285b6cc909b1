"""The leads of the list as it is filtered, for whoever writes them into a file: by the list's own filters and the person's rights."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.test import RequestFactory
from django.urls import reverse

from leads.models import Lead
from leads.services.exports import rows_by


@rows_by
def rows_of_list(query: str, user: Any) -> QuerySet[Lead]:
    """Ask the list for the leads that it would show this person under this address. Raises ValueError for what is no filter of it."""
    request = RequestFactory().get(f"{reverse('admin:leads_lead_changelist')}?{query}")
    request.user = user
    shown = admin.site.get_model_admin(Lead)
    try:
        return shown.get_changelist_instance(request).get_queryset(request)
    except (IncorrectLookupParameters, DisallowedModelAdminLookup) as problem:
        raise ValueError(query) from problem
