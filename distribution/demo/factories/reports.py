"""What reports add up; only tests make such rows by hand."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from distribution.demo.factories.intake import LeadFactory
from distribution.demo.factories.people import ManagerFactory
from distribution.models import QueueSample, ReportCell, ReportDelta, ReportState, SavedReport, UnsoldLead


class ReportDeltaFactory(DjangoModelFactory[ReportDelta]):
    at = factory.LazyFunction(timezone.now)
    campaign = factory.Sequence(lambda n: n + 1)
    lead_type = 1
    state = "TX"
    leads = 1

    class Meta:
        model = ReportDelta


class ReportCellFactory(DjangoModelFactory[ReportCell]):
    cut = 2
    day = date(2026, 11, 25)
    hour = -1
    account = 0
    campaign = factory.Sequence(lambda n: n + 1)
    lead_type = 1
    state = ""
    leads = 1

    class Meta:
        model = ReportCell


class ReportStateFactory(DjangoModelFactory[ReportState]):
    time_zone = "America/New_York"
    rebuilt_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = ReportState


class UnsoldLeadFactory(DjangoModelFactory[UnsoldLead]):
    """Of a lead that is still under way, so that no trigger has made its own."""

    lead = factory.SubFactory(LeadFactory)
    received_at = factory.SelfAttribute("lead.received_at")
    campaign = factory.SelfAttribute("lead.campaign_id")
    lead_type = factory.SelfAttribute("lead.lead_type_id")
    state = "TX"

    class Meta:
        model = UnsoldLead


class QueueSampleFactory(DjangoModelFactory[QueueSample]):
    at = factory.LazyFunction(timezone.now)
    branch = factory.Sequence(lambda n: n)
    place = "ready"
    leads = 3

    class Meta:
        model = QueueSample


class SavedReportFactory(DjangoModelFactory[SavedReport]):
    owner = factory.SubFactory(ManagerFactory)
    page = "deliveries"
    name = factory.Sequence(lambda n: f"Report {n}")
    query = "period=yesterday&by=client"

    class Meta:
        model = SavedReport
