"""People who ask for an offer: believable leads of each type, some of them wrong."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Any

from faker import Faker

from distribution.demo.geography import Home, homes
from distribution.demo.verticals import AUTO, CAMPAIGNS, COVERAGES, HOME, PROJECTS, SOLAR, CampaignPlan

MAIL_HOSTS = ("inbox.example", "mail.example", "post.example", "home.example")
CONSENT = "I agree that up to four companies may call me about my request, also by automatic systems. Consent is no condition of purchase."
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36",
)
MISTAKES_PERCENT = 4
REPEATS_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Prospect:
    """A post to be made: to which campaign, with which fields."""

    campaign: CampaignPlan
    fields: dict[str, Any]


def _solar(rng: Random) -> dict[str, Any]:
    return {"roof_age": rng.randrange(41), "homeowner": rng.random() < 0.82, "monthly_bill": f"{rng.triangular(60, 420, 150):.2f}"}


def _auto(rng: Random) -> dict[str, Any]:
    return {"vehicles": rng.choice((1, 1, 1, 2, 2, 3)), "insured": rng.random() < 0.7, "coverage": rng.choice(COVERAGES)}


def _home(rng: Random) -> dict[str, Any]:
    return {"project": rng.choice(PROJECTS), "budget": str(500 * rng.randrange(2, 60))}


OWN_FIELDS: Mapping[str, Callable[[Random], dict[str, Any]]] = {SOLAR: _solar, AUTO: _auto, HOME: _home}


def _no_phone(fields: dict[str, Any]) -> None:
    fields["phone"] = "call me"


def _short_zip(fields: dict[str, Any]) -> None:
    fields["zip"] = str(fields["zip"])[1:]


def _bad_mail(fields: dict[str, Any]) -> None:
    fields["email"] = str(fields["email"]).replace("@", " at ")


def _future_birth(fields: dict[str, Any]) -> None:
    fields["date_of_birth"] = "2090-01-01"


MISTAKES: tuple[Callable[[dict[str, Any]], None], ...] = (_no_phone, _short_zip, _bad_mail, _future_birth)


def prospects(rng: Random, lines: range) -> Iterator[Prospect]:
    """Yield leads without end; every number comes once before any comes again, but for those who ask twice."""
    fake = Faker("en_US")
    fake.seed_instance(rng.getrandbits(32))
    asking = [plan for plan in CAMPAIGNS if plan.traffic]
    traffic = [plan.traffic for plan in asking]
    before: list[Prospect] = []
    for count, home in enumerate(cycle(homes(rng, lines))):
        plan = rng.choices(asking, weights=traffic)[0]
        fields = person(fake, rng, home, count) | OWN_FIELDS[plan.lead_type](rng)
        drawn = rng.randrange(100)
        if drawn < MISTAKES_PERCENT:
            rng.choice(MISTAKES)(fields)
        elif drawn < MISTAKES_PERCENT + REPEATS_PERCENT and before:
            earlier = rng.choice(before)
            plan, fields = earlier.campaign, {**earlier.fields, "external_id": fields["external_id"]}
        made = Prospect(plan, fields)
        before = [*before[-99:], made]
        yield made


def person(fake: Faker, rng: Random, home: Home, count: int) -> dict[str, Any]:
    """Return the standard fields of somebody who lives there."""
    first, last = fake.first_name(), fake.last_name()
    fields = {
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}{count}@{rng.choice(MAIL_HOSTS)}".lower(),
        "phone": home.phone,
        "address": fake.street_address(),
        "city": home.city.name,
        "state": home.city.state,
        "zip": home.zip,
        "ip": f"203.0.113.{rng.randrange(1, 255)}",
        "user_agent": rng.choice(AGENTS),
        "landing_url": f"https://www.lantern-leads.example/{rng.choice(('quote', 'save', 'compare', 'offer'))}",
        "consent_text": CONSENT,
        "external_id": f"web-{count:06d}",
    }
    if rng.random() < 0.75:
        fields["date_of_birth"] = fake.date_of_birth(minimum_age=19, maximum_age=84).isoformat()
    return fields
