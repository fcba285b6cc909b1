"""Criteria by rows; the script asks for the fields of the chosen lead type, and how many of the last leads match."""

from typing import Any

from django.urls import reverse

from leads.admin.forms import CodeWidget


class CriteriaWidget(CodeWidget):
    """`type_field` is the name of the form's field in which the lead type is chosen."""

    template_name = "leads/widgets/criteria.html"

    class Media:
        css = {"all": ["css/criteria.css"]}  # noqa: RUF012 -- Django's way
        js = ["js/criteria_tree.js", "js/criteria_values.js", "js/criteria.js"]  # noqa: RUF012

    def __init__(self, type_field: str = "lead_type", rows: int = 10) -> None:
        super().__init__(rows)
        self.type_field = type_field

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "type_field": self.type_field,
            "fields_address": reverse("admin:criteria_fields"),
            "count_address": reverse("admin:criteria_count"),
        }
        return dict(context)
