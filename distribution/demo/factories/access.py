"""Factories of who may ask for what, and how people look at lists: tokens, posting links, saved views, the suppression list's past."""

import hashlib

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from distribution.demo.factories.intake import CampaignFactory
from distribution.demo.factories.people import AdministratorFactory
from leads.enums import SuppressionChangeKind, SuppressionKind
from leads.models import PersonalToken, PostingLink, SavedView, SuppressionChange


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
