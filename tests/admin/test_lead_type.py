"""A lead type's fields and its rule for duplicates, as people write them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import LeadField, LeadType

pytestmark = pytest.mark.django_db


def posted(sets: str, *fields: dict[str, str]) -> dict[str, str]:
    told = {"name": "Homes", "duplicate_sets": sets, "duplicate_hours": "720", "duplicate_against": "accepted"}
    told |= {"fields-TOTAL_FORMS": str(len(fields)), "fields-INITIAL_FORMS": "0"}
    for place, field in enumerate(fields):
        told |= {f"fields-{place}-{name}": value for name, value in ({"position": str(place), "label": field["name"]} | field).items()}
    return told


def add(site: Client, *given: Any) -> Any:
    return site.post(reverse("admin:leads_leadtype_add"), posted(*given))


def test_duplicates_are_written_a_set_a_line_by_name_or_label(site: Client) -> None:
    assert add(site, "Phone\nlast_name + ZIP\n\n").status_code == 302
    made = LeadType.objects.get(name="Homes")
    assert made.duplicate_sets == [["phone"], ["last_name", "zip"]]
    page = site.get(reverse("admin:leads_leadtype_change", args=[made.pk])).content.decode()
    assert "phone\nlast_name + zip</textarea>" in page


def test_an_unknown_field_is_named_and_nothing_is_kept(site: Client) -> None:
    page = add(site, "phone + shoe_size").content.decode()
    assert "There is no field “shoe_size”." in page
    assert LeadType.objects.filter(name="Homes").count() == 0


def test_a_field_of_each_kind_is_kept_in_its_order(site: Client) -> None:
    fields = (
        {"name": "cover", "kind": "choice", "choices": "full, part"},
        {"name": "rooms", "kind": "integer", "minimum": "1", "maximum": "9"},
    )
    assert add(site, "", *fields).status_code == 302
    assert list(LeadField.objects.values_list("name", "choices", "position")) == [("cover", ["full", "part"], 0), ("rooms", [], 1)]
    assert LeadType.objects.get(name="Homes").duplicate_sets == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"kind": "choice"}, "Write the choices, separated by commas."),
        ({"kind": "choice", "choices": "full, Full"}, "A choice stands there twice."),
        ({"kind": "integer", "minimum": "9", "maximum": "1"}, "The greatest value is below the smallest one."),
        ({"kind": "integer", "pattern": "[0-9]+"}, "Only a text can have a pattern."),
        ({"kind": "text", "pattern": "(a"}, "This is no pattern that can be run."),
    ],
)
def test_what_does_not_go_with_a_field_is_refused_beside_it(site: Client, field: dict[str, str], said: str) -> None:
    page = add(site, "phone", {"name": "cover", **field}).content.decode()
    assert said in page
    assert LeadField.objects.count() == 0
