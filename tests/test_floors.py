"""Foreign keys point only downward. import-linter reads imports; a key given as "app.Model" is a string that it cannot see."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

FLOOR = {"leads": 1, "clients": 2, "pullqueue": 2, "distribution": 3}
PEOPLE = settings.AUTH_USER_MODEL  # referred to from everywhere by its setting, which is what the setting is for


def upward(kinds: Iterable[type[models.Model]]) -> list[str]:
    """Return the relations that point to a higher floor, or aside between clients and pullqueue."""
    found = []
    for model in kinds:
        app = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            target = field.related_model
            if app not in FLOOR or field.auto_created or target is None or isinstance(target, str):
                continue
            there = target._meta.app_label
            if there in FLOOR and there != app and FLOOR[there] >= FLOOR[app] and target._meta.label != PEOPLE:
                found.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    return found


def test_every_relation_points_downward() -> None:
    ours = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in FLOOR]
    assert {model._meta.app_label for model in ours} >= {"leads", "clients", "pullqueue", "distribution"}
    assert upward(ours) == []


@pytest.mark.parametrize(
    ("app", "target", "expected"),
    [
        ("leads", "distribution.Delivery", ["leads.Probe.to -> distribution.Delivery"]),
        ("clients", "pullqueue.Branch", ["clients.Probe.to -> pullqueue.Branch"]),
        ("pullqueue", "clients.Client", ["pullqueue.Probe.to -> clients.Client"]),
        ("distribution", "leads.Lead", []),
        ("leads", PEOPLE, []),
    ],
)
def test_an_upward_key_given_as_a_string_would_be_seen(app: str, target: str, expected: list[str]) -> None:
    meta = type("Meta", (), {"app_label": app})
    key = models.ForeignKey(target, on_delete=models.CASCADE, related_name="+")
    probe = type("Probe", (models.Model,), {"__module__": __name__, "Meta": meta, "to": key})
    try:
        assert upward([probe]) == expected
    finally:
        apps.all_models[app].pop("probe")
        apps.clear_cache()
