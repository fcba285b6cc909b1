"""What stands in the logs when something breaks: what and where, never a person's data."""

import logging
from logging.config import dictConfig

import pytest

from config.logs import logging_settings


def break_with(phone: str) -> None:
    held_here = phone
    raise ValueError(f"Key (phone)=({held_here}) already exists")


@pytest.mark.parametrize("json", [True, False])
def test_an_exception_is_logged_by_its_kind_and_place_without_its_message(json: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001
    before = logging.getLogger().handlers[:]
    dictConfig(logging_settings(json=json))
    try:
        break_with("+13125550142")
    except ValueError:
        logging.getLogger("switchyard.test").exception("it broke")
    finally:
        logging.getLogger().handlers[:] = before
    told = capsys.readouterr().err
    assert "it broke" in told
    assert "ValueError" in told
    assert "break_with" in told
    assert "5550142" not in told
