"""Files of leads as people upload them, kept in a folder of the test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from distribution.demo.factories import AdministratorFactory
from leads.models import Import
from leads.services.file_work import drain_files
from leads.services.imports import choose, guesses, start_run, start_trial
from leads.services.uploads import keep_upload
from tests.leads.intake_world import NOW

PEOPLE = (
    "First name;Last name;Phone;E-Mail;Zip\n"
    "Ana;Example;(312) 555-0100;Ana@Mail.Example;60601\n"
    "Ben;Cole;312 555 0155;ben@mail.example;60601\n"
)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def ada(db: None) -> Any:
    return AdministratorFactory.create(first_name="Ada")


@pytest.fixture
def upload(ada: Any) -> Callable[..., Import]:
    def keep(content: bytes | str = PEOPLE, name: str = "people.csv", by: Any = None) -> Import:
        raw = content.encode() if isinstance(content, str) else content
        return keep_upload(upload=SimpleUploadedFile(name, raw), by=by or ada, now=NOW)

    return keep


@pytest.fixture
def tried(upload: Callable[..., Import], ada: Any) -> Callable[..., Import]:
    """Upload, choose what is guessed, and try."""

    def make(campaign: Any, content: bytes | str = PEOPLE, name: str = "people.csv") -> Import:
        one = upload(content, name)
        assert choose(one=one, campaign=campaign, mapping=guesses(one, campaign)) == []
        return try_it(one)

    return make


def try_it(one: Import) -> Import:
    one = Import.objects.get(pk=one.pk)
    start_trial(one=one, by=one.by, now=NOW)
    assert drain_files(seconds=60) is False
    return Import.objects.get(pk=one.pk)


def take_in(one: Import) -> Import:
    start_run(one=one, by=one.by, now=NOW)
    assert drain_files(seconds=60) is False
    return Import.objects.get(pk=one.pk)


@pytest.fixture
def taken(tried: Callable[..., Import]) -> Callable[..., Import]:
    def make(campaign: Any, content: bytes | str = PEOPLE, name: str = "people.csv") -> Import:
        return take_in(tried(campaign, content, name))

    return make
