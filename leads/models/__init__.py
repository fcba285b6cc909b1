from leads.models.campaign import Campaign, CampaignKey, Source
from leads.models.capwindow import CapWindow
from leads.models.company import Company
from leads.models.correction import Correction
from leads.models.event import Event
from leads.models.imports import Import
from leads.models.job import Job
from leads.models.lead import Fingerprint, Lead, Submission
from leads.models.leadtype import LeadField, LeadType
from leads.models.note import Note
from leads.models.postinglink import PostingLink
from leads.models.replay import IntakeKey
from leads.models.savedview import SavedView
from leads.models.standstill import Standstill
from leads.models.suppression import Suppression, SuppressionChange
from leads.models.token import PersonalToken

__all__ = [
    "Campaign",
    "CampaignKey",
    "CapWindow",
    "Company",
    "Correction",
    "Event",
    "Fingerprint",
    "Import",
    "IntakeKey",
    "Job",
    "Lead",
    "LeadField",
    "LeadType",
    "Note",
    "PersonalToken",
    "PostingLink",
    "SavedView",
    "Source",
    "Standstill",
    "Submission",
    "Suppression",
    "SuppressionChange",
]
