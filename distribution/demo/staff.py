"""The twenty-five people of the sample company and the four branches they sit in."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from faker import Faker

from pullqueue.enums import Role

BRANCHES: tuple[tuple[str, str | None], ...] = (
    ("Headquarters", None),
    ("East", "Headquarters"),
    ("West", "Headquarters"),
    ("Mountain", "West"),
)
MANAGED = ("East", "West", "Mountain")
REPS = 17
REP_BRANCHES = ("East", "West", "Mountain", "Headquarters")


@dataclass(frozen=True, slots=True)
class Passwords:
    """What the three sample people sign in with; their colleagues of the same role share it."""

    admin: str
    manager: str
    rep: str
    made: tuple[tuple[str, str], ...] = ()
    """Name and password of those that nobody had set."""

    def of(self, role: Role) -> str:
        return {Role.ADMINISTRATOR: self.admin, Role.MANAGER: self.manager}.get(role, self.rep)


VARIABLES = {"admin": "DEMO_ADMIN_PASSWORD", "manager": "DEMO_MANAGER_PASSWORD", "rep": "DEMO_REP_PASSWORD"}


def passwords_from(environment: Mapping[str, str]) -> Passwords:
    """Return the passwords that the environment sets; what it leaves out is made, so that no sample has a known password."""
    given = {name: environment.get(variable, "") for name, variable in VARIABLES.items()}
    made = {name: secrets.token_urlsafe(12) for name, text in given.items() if not text}
    return Passwords(**(given | made), made=tuple(made.items()))


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    first_name: str
    last_name: str
    role: Role
    branch: str | None = None


def staff(rng: Random) -> list[Person]:
    """Return one administrator, two managers of the company, three of a branch, seventeen reps and two client users."""
    fake = Faker("en_US")
    fake.seed_instance(rng.getrandbits(32))
    seats: list[tuple[Role, str | None]] = [(Role.ADMINISTRATOR, None), (Role.MANAGER, None), (Role.MANAGER, None)]
    seats += [(Role.MANAGER, branch) for branch in MANAGED]
    seats += [(Role.REP, REP_BRANCHES[number % len(REP_BRANCHES)]) for number in range(REPS)]
    seats += [(Role.CLIENT, None)] * 2
    taken: dict[str, Person] = {}
    for role, branch in seats:
        first, last = fake.unique.first_name(), fake.unique.last_name()
        username = _username(role, branch, first, last, taken)
        taken[username] = Person(username, first, last, role, branch)
    return list(taken.values())


PLAIN_NAMES = {
    (Role.ADMINISTRATOR, False): "admin",
    (Role.MANAGER, False): "manager",
    (Role.REP, True): "rep",
    (Role.CLIENT, False): "client",
}
"""User names of the first of each kind (whether in a branch); everyone else is called by first and last name."""


def _username(role: Role, branch: str | None, first: str, last: str, taken: Mapping[str, Person]) -> str:
    plain = PLAIN_NAMES.get((role, branch is not None), "")
    named = f"{first}.{last}".lower()
    if role is Role.MANAGER and branch:
        plain = f"manager-{branch.lower()}"
    return plain if plain and plain not in taken else named
