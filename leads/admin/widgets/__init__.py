"""Widgets by which nobody writes JSON: criteria by rows, opening hours by painting. Without scripts the JSON can be written."""

from leads.admin.widgets.criteria import CriteriaWidget
from leads.admin.widgets.schedule import ClosedDatesWidget, ScheduleWidget
from leads.admin.widgets.zone import ZoneWidget

__all__ = ["ClosedDatesWidget", "CriteriaWidget", "ScheduleWidget", "ZoneWidget"]
