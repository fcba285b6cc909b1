"""Factories of who may ask for what, and how people look at lists: tokens, posting links, saved views, the suppression list's past."""

import hashlib
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from distribution.demo.factories.intake import CampaignFactory
from distribution.demo.factories.people import AdministratorFactory, RepFactory
from leads.enums import SuppressionChangeKind, SuppressionKind
from leads.models import PersonalToken, PostingLink, SavedView, Standstill, SuppressionChange
from pullqueue.enums import LinkKind
from pullqueue.models import AccessRules, AccountLink, FailedTry, RecoveryCode, SecondFactor, Session


class PersonalTokenFactory(DjangoModelFactory[PersonalToken]):
    """`plain` is what a program would send; only its digest is stored."""

    class Params:
        plain = factory.Sequence(lambda n: f"sw_user_{n:043d}")

    user = factory.SubFactory(AdministratorFactory)
    name = "test"
    prefix = factory.LazyAttribute(lambda token: token.plain[:12])
    last4 = factory.LazyAttribute(lambda token: token.plain[-4:])
    digest = factory.LazyAttribute(lambda token: hashlib.sha256(token.plain.encode()).digest())
    created = factory.LazyFunction(timezone.now)

    class Meta:
        model = PersonalToken


class PostingLinkFactory(DjangoModelFactory[PostingLink]):
    campaign = factory.SubFactory(CampaignFactory)
    created = factory.LazyFunction(timezone.now)

    class Meta:
        model = PostingLink


class SavedViewFactory(DjangoModelFactory[SavedView]):
    owner = factory.SubFactory(AdministratorFactory)
    page = "leads"
    name = factory.Sequence(lambda n: f"View {n}")

    class Meta:
        model = SavedView


class SuppressionChangeFactory(DjangoModelFactory[SuppressionChange]):
    kind = SuppressionKind.PHONE
    digest = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    hint = "ends in 43"
    change = SuppressionChangeKind.ADDED
    reason = "Asked by phone"
    at = factory.LazyFunction(timezone.now)

    class Meta:
        model = SuppressionChange


class AccountLinkFactory(DjangoModelFactory[AccountLink]):
    user: Any = factory.SubFactory(RepFactory)
    kind = LinkKind.INVITATION
    mark = ""
    created = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda link: link.created + timedelta(days=7))

    class Meta:
        model = AccountLink


class SecondFactorFactory(DjangoModelFactory[SecondFactor]):
    user: Any = factory.SubFactory(RepFactory)
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 -- of RFC 6238
    created = factory.LazyFunction(timezone.now)

    class Meta:
        model = SecondFactor


class RecoveryCodeFactory(DjangoModelFactory[RecoveryCode]):
    user: Any = factory.SubFactory(RepFactory)
    digest = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())

    class Meta:
        model = RecoveryCode


class FailedTryFactory(DjangoModelFactory[FailedTry]):
    at = factory.LazyFunction(timezone.now)
    account = address = hashlib.sha256(b"somebody").digest()

    class Meta:
        model = FailedTry


class AccessRulesFactory(DjangoModelFactory[AccessRules]):
    class Meta:
        model = AccessRules


class SessionFactory(DjangoModelFactory[Session]):
    session_data = "e30"
    session_key = factory.Sequence(lambda n: f"session{n:025d}")
    user: Any = factory.SubFactory(RepFactory)
    began = seen = factory.LazyFunction(timezone.now)
    expire_date = factory.LazyAttribute(lambda session: session.began + timedelta(hours=12))

    class Meta:
        model = Session


class StandstillFactory(DjangoModelFactory[Standstill]):
    since = factory.LazyFunction(timezone.now)
    reason = "Restored from a backup"
    lifted_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Standstill
