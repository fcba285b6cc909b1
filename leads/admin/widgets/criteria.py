"""Criteria by rows; the script asks for the fields of the chosen lead type, and how many of the last leads match."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from leads.admin.forms import CodeWidget


class CriteriaWidget(CodeWidget):
    """`type_field` is the name of the form's field in which the lead type is chosen."""

    class Media:
        css = {"all": ["css/criteria.css"]}
        js = ["js/criteria_tree.js", "js/criteria_values.js", "js/criteria.js"]

    def __init__(self, type_field: str = "lead_type", rows: int = 10) -> None:
        super().__init__(rows)
        self.type_field = type_field

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        told = {
            "area": super().render(name, value, attrs, renderer),
            "type_field": self.type_field,
            "fields_address": reverse("admin:criteria_fields"),
            "count_address": reverse("admin:criteria_count"),
        }
        return render_to_string("leads/widgets/criteria.html", told)
