"""The people who ask are believable, mostly right, and the same for the same seed."""

from collections import Counter
from itertools import islice
from random import Random

from distribution.demo.geography import FRESH_LINES, cities
from distribution.demo.prospects import MAIL_HOSTS, Prospect, prospects
from distribution.demo.verticals import CAMPAIGNS, LEAD_TYPES


def some(number: int, seed: int = 1) -> list[Prospect]:
    return list(islice(prospects(Random(seed), FRESH_LINES), number))


def test_the_same_seed_brings_the_same_people() -> None:
    assert some(200) == some(200)
    assert some(200) != some(200, seed=2)


def test_they_ask_at_campaigns_that_take_leads_as_often_as_those_have_traffic() -> None:
    asked = Counter(person.campaign.name for person in some(1000))
    assert set(asked) == {plan.name for plan in CAMPAIGNS if plan.traffic}
    assert asked["Auto insurance, search"] > asked["Home projects newsletter"]


def test_each_fills_the_fields_of_the_lead_type_it_is_sent_to() -> None:
    for person in some(300):
        required = {field.name for field in LEAD_TYPES[person.campaign.lead_type] if field.is_required}
        assert required <= set(person.fields)


def test_state_zip_and_area_code_are_of_one_city() -> None:
    by_name = {(city.name, city.state): city for city in cities()}
    for person in some(300):
        city = by_name[person.fields["city"], person.fields["state"]]
        assert any(code.endswith(person.fields["zip"]) for code in city.zips)
        assert person.fields["phone"] == "call me" or person.fields["phone"][1:4] in city.area_codes


def test_some_are_wrong_and_some_ask_twice_but_most_do_neither() -> None:
    people = some(2000)
    numbers = Counter(person.fields["phone"] for person in people)
    wrong = numbers.pop("call me", 0)
    again = sum(count - 1 for count in numbers.values())
    assert 5 <= wrong <= 60
    assert 50 <= again <= 160


def test_mail_can_reach_nobody() -> None:
    assert {person.fields["email"].rpartition("@")[2] for person in some(300) if "@" in person.fields["email"]} == set(MAIL_HOSTS)
