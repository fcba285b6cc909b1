"""Rows written by statements that are put together once, for what is done for every lead.

New rows of several tables go in one statement: handed over as JSON, which costs the same few parameters for one lead or a
thousand.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigAutoField, Field, Model

from leads.services.steps import say_steps


def insert_rows(*groups: Sequence[Model], then: tuple[str, Sequence[Any]] | None = None) -> None:
    """Insert new objects, each group of one model. Values are taken as they are: validate and normalise before.

    `then` is a statement with its parameters that goes in the same message.
    """
    filled = [group for group in groups if group]
    for group in filled:
        say_steps(group)
    statements = [_statement(tuple(type(group[0]) for group in filled))] if filled else []
    words: list[Any] = [_json(group) for group in filled]
    if then is not None:
        statements.append(then[0])
        words += then[1]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), words)


def insert_plain(*groups: tuple[type[Model], Sequence[Mapping[str, Any]]], then: tuple[str, Sequence[Any]] | None = None) -> None:
    """Insert rows that were never objects: mappings by attribute, each with every one that the database does not count up by itself."""
    filled = [group for group in groups if group[1]]
    statements = [_statement(tuple(model for model, _ in filled))] if filled else []
    words: list[Any] = [_plain_json(model, rows) for model, rows in filled]
    if filled and len(filled[0][1]) >= SHARING:
        statements = [_sharing(tuple(model for model, _ in filled))]
        words = [text for model, rows in filled for text in _shared_json(model, rows)]
    if then is not None:
        statements.append(then[0])
        words += then[1]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), words)


def _plain_json(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> str:
    columns = _columns(model, has_key=False)
    return json.dumps([{column: row[name] for name, column in columns} for row in rows], default=_written)


SHARING = 20
"""From so many rows on it pays to send what all have in common once."""


def _shared_json(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return what all rows have in common, and what each has of its own."""
    first, shared, own = rows[0], {}, []
    for name, column in _columns(model, has_key=False):
        value = first[name]
        if all(row[name] == value for row in rows):
            shared[column] = value
        else:
            own.append((name, column))
    each = [{column: row[name] for name, column in own} for row in rows]
    return json.dumps(shared, default=_written), json.dumps(each, default=_written)


@cache
def _sharing(models: tuple[type[Model], ...]) -> str:
    *others, last = (_insert(model).replace("NULL::", "json_populate_record(NULL::").replace(", %s)", ", %s), %s)") for model in models)
    named = ", ".join(f"part{n} AS ({part})" for n, part in enumerate(others))
    return f"WITH {named} {last}" if named else last


def update_rows(model: type[Model], changes: Mapping[str, Any], **where: Any) -> int:
    """Change the rows whose columns equal what `where` says, and return how many there were. Nothing signals it."""
    with connection.cursor() as cursor:
        cursor.execute(*_changing(model, changes, where))
        return int(cursor.rowcount)


class Writes:
    """Changes that one statement makes together: new rows, and changed rows that are there already.

    No row may be in it twice, and no part sees what another one changed. What reads or changes the same rows comes after `run`.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[str, str]] = []
        self._words: list[Any] = []

    def insert(self, *rows: Model) -> None:
        """Insert new objects of one model as they are; one that the database counts up may bring its key."""
        has_key = rows[0].pk is not None
        self.also(_insert(type(rows[0]), has_key=has_key), [_json(rows, has_key=has_key)])

    def update(self, model: type[Model], changes: Mapping[str, Any], **where: Any) -> None:
        """Change rows, as `update_rows` does."""
        self.also(*_changing(model, changes, where))

    def also(self, statement: str, words: Sequence[Any], *, name: str = "") -> None:
        """Add a statement of one's own that inserts or changes rows; those after it may read what it returns by its `name`."""
        self._parts.append((name or f"part{len(self._parts)}", statement))
        self._words += words

    def run(self) -> int:
        """Make the changes and return how many rows the last part wrote. Nothing is left to do afterwards."""
        parts, words, self._parts, self._words = self._parts, self._words, [], []
        if not parts:
            return 0
        *others, (_, last) = parts
        named = ", ".join(f"{name} AS ({part})" for name, part in others)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {named} {last}" if named else last, words)
            return int(cursor.rowcount)


def _changing(model: type[Model], changes: Mapping[str, Any], where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    fields = _fields(model)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in changes.items()]
    return _update(model, tuple(changes), tuple(where)), [*values, *where.values()]


@cache
def _fields(model: type[Model]) -> "dict[str, Field[Any, Any]]":
    return {field.attname: field for field in model._meta.concrete_fields}


@cache
def _update(model: type[Model], names: tuple[str, ...], where: tuple[str, ...]) -> str:
    fields = _fields(model)
    setting = ", ".join(f'"{fields[name].column}" = %s' for name in names)
    asking = " AND ".join(f'"{fields[name].column}" = %s' for name in where)
    return f'UPDATE "{model._meta.db_table}" SET {setting} WHERE {asking}'  # noqa: S608 -- names from the models


def _json(group: Sequence[Model], *, has_key: bool = False) -> str:
    columns = _columns(type(group[0]), has_key=has_key)
    return json.dumps([{column: one.__dict__[name] for name, column in columns} for one in group], default=_written)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def _columns(model: type[Model], *, has_key: bool) -> tuple[tuple[str, str], ...]:
    """Return attributes with the columns that are written: without `has_key` not the key that the database counts up by itself."""
    fields = (field for field in model._meta.concrete_fields if has_key or not isinstance(field, AutoField | BigAutoField))
    return tuple((field.attname, str(field.column)) for field in fields)


@cache
def _statement(models: tuple[type[Model], ...]) -> str:
    *others, last = (_insert(model) for model in models)
    named = ", ".join(f"part{n} AS ({part})" for n, part in enumerate(others))
    return f"WITH {named} {last}" if named else last


@cache
def _insert(model: type[Model], *, has_key: bool = False) -> str:
    table, columns = model._meta.db_table, ", ".join(f'"{column}"' for _, column in _columns(model, has_key=has_key))
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s)'  # noqa: S608
