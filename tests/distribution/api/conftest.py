"""People with tokens of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from distribution.demo import factories as make
from leads.clock import database_now
from leads.services.tokens import create_token
from tests.leads.buckets import full_buckets

__all__ = ["full_buckets"]

BASE = "/api/v1/staff"


@dataclass(frozen=True)
class Asker:
    """Asks as a program of this person would."""

    user: Any
    token: str

    def get(self, path: str, **parameters: Any) -> Any:
        return Client().get(f"{BASE}{path}", parameters, headers={"Authorization": f"Bearer {self.token}"})

    def post(self, path: str, body: Any) -> Any:
        return Client().post(f"{BASE}{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
def asker(db: None) -> Callable[[Any], Asker]:
    def made(user: Any) -> Asker:
        _, token = create_token(user=user, name="test", now=database_now())
        return Asker(user, token)

    return made


@pytest.fixture
def admin(asker: Callable[[Any], Asker]) -> Asker:
    return asker(make.AdministratorFactory.create())
