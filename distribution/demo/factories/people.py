"""Factories of people. Without `password` nobody can sign in: tests use `client.force_login`."""

from typing import Any

import factory
from factory.django import DjangoModelFactory, Password

from distribution.demo.factories.clients import ClientFactory
from distribution.models import ClientUser
from pullqueue.enums import Role
from pullqueue.models import Branch, User


class BranchFactory(DjangoModelFactory[Branch]):
    name = factory.Sequence(lambda n: f"Branch {n}")

    class Meta:
        model = Branch


class UserFactory(DjangoModelFactory[User]):
    username = factory.Sequence(lambda n: f"person{n}")
    first_name = "Sam"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@switchyard.example")
    password = Password(None)

    class Meta:
        model = User


class RepFactory(UserFactory):
    role = Role.REP
    branch = factory.SubFactory(BranchFactory)


class AdministratorFactory(UserFactory):
    role = Role.ADMINISTRATOR


class ManagerFactory(UserFactory):
    """A manager of the company: one without a branch."""

    role = Role.MANAGER


class BranchManagerFactory(ManagerFactory):
    branch = factory.SubFactory(BranchFactory)


class ClientUserFactory(DjangoModelFactory[ClientUser]):
    """The seat of a client user at its client; the person is its `user`."""

    user = factory.SubFactory(UserFactory, role=Role.CLIENT)
    client: Any = factory.SubFactory(ClientFactory)

    class Meta:
        model = ClientUser
