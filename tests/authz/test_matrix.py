"""I28: nobody sees or reaches what their role does not show, and what is hidden looks like what does not exist."""

import logging
import re
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.authz.matrix import ELSEWHERE, ROLES, ROWS, SIGN_IN, Row
from tests.authz.world import CANARIES, World, build

pytestmark = pytest.mark.django_db

MANAGERS_ALONE = {"client A", "client B", "account", "method", "price", "cost", "source", "campaign"}
FORBIDDEN = {
    "administrator": {"secret"},
    "manager": {"secret"},
    "branch_manager": set(CANARIES) - {"branch north", "person north"},
    "rep": set(CANARIES) - {"branch north", "person north"},
    "client": set(CANARIES) - {"client A", "lead A", "price"},
    "nobody": set(CANARIES),
}
"""The canaries that a role must never get to see, on any page."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Hundreds of refusals are meant here; each would be written to the log with its traceback."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world() -> World:
    return build()


def browser(world: World, role: str) -> Client:
    browser = Client(raise_request_exception=False)
    if world.people[role]:
        browser.force_login(world.people[role])
    return browser


def address(row: Row, world: World) -> str:
    return reverse(row.route, args=[world.keys[name] for name in row.args]) + row.query


def answer(browser: Client, path: str) -> tuple[int | str, str]:
    response = browser.get(path)
    if response.status_code == 302 and response["Location"].startswith(reverse("sign_in")):
        return SIGN_IN, ""
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_i28_every_address_answers_a_role_as_the_matrix_says_and_shows_no_foreign_canary(world: World, role: str) -> None:
    person = browser(world, role)
    wrong = []
    for row in ROWS:
        status, body = answer(person, address(row, world))
        if status != row.expected(role):
            wrong.append(f"{row.route}: {status} instead of {row.expected(role)}")
        wrong += [f"{row.route} shows the {name}" for name in sorted(FORBIDDEN[role]) if CANARIES[name] in body]
    assert not wrong, "\n".join(wrong)


def test_i28_every_route_has_a_row() -> None:
    known = {row.route for row in ROWS} | set(ELSEWHERE)
    assert sorted(set(names()) - known) == []


def test_i28_no_row_speaks_of_a_route_that_is_gone() -> None:
    assert sorted({row.route for row in ROWS} - set(names())) == []


def names() -> list[str]:
    return [name for name in _walk(get_resolver().url_patterns, "") if not name.endswith(":")]


def _walk(patterns: list, space: str) -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif pattern.name:
            yield space + pattern.name


def bare(body: str) -> str:
    """Leave out what differs in any two answers: the form tokens."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


@pytest.mark.parametrize("role", ["administrator", "manager", "branch_manager"])
def test_i28_foreign_and_missing_rows_are_told_apart_by_nothing(world: World, role: str) -> None:
    person = browser(world, role)
    missing = {"lead": uuid.uuid4(), "delivery": uuid.uuid4()}
    for row in ROWS:
        if row.expected(role) != 404 or not row.args or row.route == "admin:app_list":
            continue
        there = answer(person, address(row, world))
        gone = answer(person, reverse(row.route, args=[missing.get(name, 987_654) for name in row.args]))
        assert (there[0], bare(there[1])) == (gone[0], bare(gone[1])), row.route


def test_i28_a_missing_row_is_404_also_for_who_sees_all(world: World) -> None:
    person = browser(world, "administrator")
    missing = {"lead": uuid.uuid4(), "delivery": uuid.uuid4()}
    changes = [row for row in ROWS if row.route.endswith(("_change", "_history", "_delete", "_archive", "_trial", "_new_key"))]
    wrong = [
        row.route for row in changes if answer(person, reverse(row.route, args=[missing.get(name, 987_654) for name in row.args]))[0] != 404
    ]
    assert not wrong, "\n".join(wrong)


def test_i28_the_control_without_scoping_a_branch_would_see_every_lead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from leads.models.lead import LeadQuerySet

    person = browser(world, "branch_manager")
    leads = reverse("admin:leads_lead_changelist")
    assert CANARIES["lead A"] not in answer(person, leads)[1]
    monkeypatch.setattr(LeadQuerySet, "visible_to", lambda rows, user: rows.all())
    assert CANARIES["lead A"] in answer(person, leads)[1]


def test_i28_somebody_switched_off_is_nobody_from_the_next_page_on(world: World) -> None:
    person = browser(world, "administrator")
    assert answer(person, reverse("admin:index"))[0] == 200
    someone = world.people["administrator"]
    someone.is_active = False
    someone.save()
    assert answer(person, reverse("admin:index")) == (SIGN_IN, "")


def test_i28_an_old_session_follows_a_change_of_role_at_once(world: World) -> None:
    person = browser(world, "manager")
    assert answer(person, reverse("admin:clients_client_changelist"))[0] == 200
    someone = world.people["manager"]
    someone.branch_id = world.keys["branch"]
    someone.save()
    assert answer(person, reverse("admin:clients_client_changelist"))[0] == 404


def test_i28_a_client_user_sees_the_own_leads_with_price_and_nobody_elses(world: World) -> None:
    _, body = answer(browser(world, "client"), reverse("client_leads"))
    assert CANARIES["lead A"] in body
    assert "$7,654.32" in body
    assert CANARIES["lead B"] not in body
    assert CANARIES["lead nobody bought"] not in body


def test_i28_a_refused_change_changes_nothing(world: World) -> None:
    from clients.models import Client as Buyer

    person = browser(world, "manager")
    page = reverse("admin:clients_client_change", args=[world.keys["client"]])
    assert person.post(page, {"name": "taken over"}).status_code == 403
    assert Buyer.objects.get(pk=world.keys["client"]).name == CANARIES["client A"]
