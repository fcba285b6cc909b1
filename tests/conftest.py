"""What every test may use. Page tests carry `pytest.mark.page`."""

from typing import Any

import pytest

from tests import chromium


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    pages = [item for item in items if _drives_a_page(item)]
    items.sort(key=_drives_a_page)  # last: the browser's loop stays marked as running in its thread, and asyncio.run refuses after it
    if not pages or chromium.find_chromium() or chromium.is_required():
        return
    for item in pages:
        item.add_marker(pytest.mark.skip(reason=chromium.ABSENT))


def _drives_a_page(item: pytest.Item) -> bool:
    return item.get_closest_marker("page") is not None or "page" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = chromium.find_chromium()
    if executable is None:
        pytest.fail(
            "Continuous integration needs Chromium for the page tests, and there is none (apt-get install chromium).", pytrace=False
        )
    return {**browser_type_launch_args, "executable_path": executable, "args": chromium.ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
