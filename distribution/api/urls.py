"""The staff API, below /api/v1/staff/. Addresses that are not here are answered by the campaigns' API, in the same form."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from distribution.api.buyers import Accounts, Clients
from distribution.api.campaigns import Campaigns
from distribution.api.deliveries import Deliveries
from distribution.api.leads import Leads
from distribution.api.reports import Today
from distribution.api.settings import Versions

router = SimpleRouter(use_regex_path=False)
router.register("leads", Leads, "staff-lead")
router.register("campaigns", Campaigns, "staff-campaign")
router.register("clients", Clients, "staff-client")
router.register("delivery-accounts", Accounts, "staff-account")
router.register("deliveries", Deliveries, "staff-delivery")
router.register("settings/distribution", Versions, "staff-settings")

urlpatterns = [path("reports/today/", Today.as_view(), name="staff-report-today"), path("", include(router.urls))]
