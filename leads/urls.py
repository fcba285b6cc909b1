"""The campaigns' API, below /api/v1/. The last line answers every other address there, so it must stay last."""

from django.urls import path, re_path

from leads.api.batch import post_batch
from leads.api.door import nothing_here
from leads.api.leads import get_lead, post_lead
from leads.api.posting_spec import get_posting_spec

urlpatterns = [
    path("leads/", post_lead, name="api_leads"),
    path("leads/batch/", post_batch, name="api_batch"),
    path("leads/<uuid:lead_id>/", get_lead, name="api_lead"),
    path("campaigns/self/spec/", get_posting_spec, name="api_posting_spec"),
    re_path("", nothing_here, name="api_nothing"),
]
