"""The request's body from a field map. Serialisers write it, never string building: no value can break out of its place."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from distribution.domain.problem import Problem
from distribution.domain.transforms import as_text, check_transform, plain, transform

XML_NAME = re.compile(r"[A-Za-z_][\w\-]*")
XML_FORBIDS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")
MOST_ENTRIES = 200
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """The client's name, our field, and what is done to the value. Dots in the name nest in JSON and XML."""

    name: str
    field: str
    transform: str = ""


def read_map(written: Iterable[Iterable[str]]) -> tuple[Entry, ...]:
    """Read a field map that `check_map` found good."""
    return tuple(Entry(*entry) for entry in written)


def mapped(entries: Iterable[Entry], values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the client's names with their values, ready to be written."""
    return [(entry.name, plain(transform(values.get(entry.field, ""), entry.transform))) for entry in entries]


def check_map(written: Any, *, fields: Collection[str], body_kind: str) -> tuple[Problem, ...]:
    """Return every problem of a field map, at places such as `field_map[3]`."""
    if not isinstance(written, list) or len(written) > MOST_ENTRIES:
        return (Problem("field_map", "not_a_list", f"A field map is a list of at most {MOST_ENTRIES} lines [name, field, transform]."),)
    found: list[Problem] = []
    seen: set[str] = set()
    for at, line in enumerate(written):
        place = f"field_map[{at}]"
        if not isinstance(line, list) or len(line) not in (2, 3) or not all(isinstance(part, str) for part in line):
            found.append(Problem(place, "not_a_line", "A line is [the client's name, our field, a transform]."))
            continue
        entry = Entry(*line)
        found += _check_entry(entry, place, fields=fields, body_kind=body_kind)
        if _clashes(entry.name, seen):
            found.append(Problem(place, "twice", f"“{entry.name}” is there twice, or once with and once without something inside it."))
        seen.add(entry.name)
    return tuple(found)


def _check_entry(entry: Entry, place: str, *, fields: Collection[str], body_kind: str) -> list[Problem]:
    found = list(check_transform(entry.transform, place))
    is_fixed = entry.transform.startswith("fixed:")
    if entry.field not in fields and not (is_fixed and not entry.field):
        found.append(
            Problem(place, "unknown_field", f"There is no field “{entry.field}”. Choose one of the lead's fields, or use fixed:TEXT.")
        )
    if not 0 < len(entry.name) <= LONGEST_NAME or entry.name != entry.name.strip() or not entry.name.isprintable():
        found.append(Problem(place, "bad_name", f"The client's name has 1 to {LONGEST_NAME} characters and no space around it."))
    elif body_kind == "xml" and not all(XML_NAME.fullmatch(part) for part in entry.name.split(".")):
        found.append(Problem(place, "bad_name", f"“{entry.name}” cannot be the name of an XML element: letters, digits, - and _ only."))
    elif body_kind == "json" and not all(entry.name.split(".")):
        found.append(Problem(place, "bad_name", "A dot puts the value inside an object: write contact.phone, without a dot at the ends."))
    return found


def _clashes(name: str, seen: set[str]) -> bool:
    return name in seen or any(one.startswith(f"{name}.") or name.startswith(f"{one}.") for one in seen)


def _nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *outer, last = name.split(".")
        here = tree
        for part in outer:
            here = here.setdefault(part, {})
        here[last] = value
    return tree


def _json(pairs: Iterable[tuple[str, Any]]) -> str:
    return json.dumps(_nested(pairs), ensure_ascii=False)


def _form(pairs: Iterable[tuple[str, Any]]) -> str:
    return urlencode([(name, as_text(value)) for name, value in pairs])


def _xml(pairs: Iterable[tuple[str, Any]]) -> str:
    root = ET.Element("lead")
    _grow(root, _nested(pairs))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _grow(element: ET.Element, tree: Mapping[str, Any]) -> None:
    for name, value in tree.items():
        child = ET.SubElement(element, name)
        if isinstance(value, dict):
            _grow(child, value)
        else:
            child.text = XML_FORBIDS.sub("", as_text(value))


def _text(pairs: Iterable[tuple[str, Any]]) -> str:
    return "".join(f"{name}: {' '.join(as_text(value).split())}\n" for name, value in pairs)


WRITERS: dict[str, Callable[[Iterable[tuple[str, Any]]], str]] = {"json": _json, "form": _form, "xml": _xml, "text": _text}
CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "application/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
