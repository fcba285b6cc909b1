"""Reading one value out of an answer: a small subset of JSON path and of XPath, without filters or wildcards.

`$.data.items[0].id` reads JSON; `/response/lead/@id` and `//status` read XML, whatever its name spaces.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

JSON_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d{1,4})\]")
XML_PATH = re.compile(r"^//?[A-Za-z_][\w.\-]*(\[\d{1,4}\])?(/[A-Za-z_][\w.\-]*(\[\d{1,4}\])?)*(/@[A-Za-z_][\w.\-]*)?$")
XML_STEP = re.compile(r"(@?[A-Za-z_][\w.\-]*)(?:\[(\d{1,4})\])?")


def is_path(path: str) -> bool:
    """Whether the text is a path of either kind."""
    return _json_steps(path) is not None or bool(XML_PATH.fullmatch(path))


def _json_steps(path: str) -> tuple[str | int, ...] | None:
    if not path.startswith("$"):
        return None
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        found = JSON_STEP.match(path, at)
        if not found:
            return None
        steps.append(found[1] if found[1] is not None else int(found[2]))
        at = found.end()
    return tuple(steps)


class Document:
    """The body of an answer, parsed at most once in each way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._json: Any = _UNREAD
        self._xml: Any = _UNREAD

    def read(self, path: str | None) -> str | None:
        """Return the value at the path as text; the whole text without a path; None where there is nothing."""
        if not path:
            return self.text
        steps = _json_steps(path)
        return self._read_xml(path) if steps is None else self._read_json(steps)

    def _read_json(self, steps: tuple[str | int, ...]) -> str | None:
        if self._json is _UNREAD:
            self._json = _parse_json(self.text)
        value = self._json
        for step in steps:
            value = _step(value, step)
            if value is None:
                return None
        return _as_text(value)

    def _read_xml(self, path: str) -> str | None:
        if self._xml is _UNREAD:
            self._xml = _parse_xml(self.text)
        return None if self._xml is None else _walk(self._xml, path)


_UNREAD = object()


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    return value[step] if isinstance(value, list) and step < len(value) else None


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _parse_xml(text: str) -> ET.Element | None:
    """Parse XML of at most 64 KiB. A document with a type of its own is not read: entities live there."""
    if "<!DOCTYPE" in text.upper():
        return None
    try:
        return ET.fromstring(text)  # noqa: S314 -- no document type, so no entities
    except (ET.ParseError, ValueError, RecursionError):
        return None


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _walk(root: ET.Element, path: str) -> str | None:
    anywhere = path.startswith("//")
    steps = XML_STEP.findall(path)
    first, index = steps[0]
    found = [one for one in (root.iter() if anywhere else [root]) if _local(one.tag) == first]
    here = _nth(found, index)
    for name, nth in steps[1:]:
        if here is None:
            return None
        if name.startswith("@"):
            return next((value for key, value in here.attrib.items() if _local(key) == name[1:]), None)
        here = _nth([child for child in here if _local(child.tag) == name], nth)
    return None if here is None else "".join(_texts(here)).strip()


def _nth(found: list[ET.Element], index: str) -> ET.Element | None:
    at = int(index or 1) - 1
    return found[at] if 0 <= at < len(found) else None


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _texts(element: ET.Element) -> Iterator[str]:
    return (text for text in element.itertext() if text)
