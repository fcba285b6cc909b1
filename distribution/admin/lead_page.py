"""The page of one lead: its whole story, and what may be done with it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from distribution.admin.story.linking import names_of
from distribution.admin.story.page import lead_page
from distribution.admin.story.preview import preview_page
from distribution.locks import lock_lead  # noqa: F401
from distribution.queries import accounts_named, with_attempts
from distribution.services.route import rerun_lead
from distribution.trace import candidates_of, program_form
from distribution.wake import ROUTES, wake
from leads.admin.base import ScopedAdmin
from leads.clock import database_now
from leads.services.notes import EmptyNote, add_note
