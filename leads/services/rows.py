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


def insert_rows(*groups: Sequence[Model], then: tuple[str, Sequence[Any]] | None = None) -> None:
    """Insert new objects, each group of one model. Values are taken as they are: validate and normalise before.

    `then` is a statement with its parameters that goes in the same message.
    """
    filled = [group for group in groups if group]
    statements = [_statement(tuple(type(group[0]) for group in filled))] if filled else []
    words: list[Any] = [_json(group) for group in filled]
    if then is not None:
        statements.append(then[0])
        words += then[1]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), words)


def insert_row(one: Model, *also: str) -> tuple[Any, ...]:
    """Insert a new object and set the key that the database counted up; return what the expressions `also` came to."""
    key = one._meta.pk
    returning = ", ".join([f'"{key.column}"', *also])
    with connection.cursor() as cursor:
        cursor.execute(f"{_statement((type(one),))} RETURNING {returning}", [_json([one])])
        number, *rest = cursor.fetchone()
    setattr(one, key.attname, number)
    one._state.adding = False  # noqa: SLF001 -- a documented part of Django's models
    return tuple(rest)


def update_rows(model: type[Model], changes: Mapping[str, Any], **where: Any) -> int:
    """Change the rows whose columns equal what `where` says, and return how many there were. Nothing signals it."""
    fields = _fields(model)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in changes.items()]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(changes), tuple(where)), [*values, *where.values()])
        return int(cursor.rowcount)


@cache
def _fields(model: type[Model]) -> "dict[str, Field[Any, Any]]":
    return {field.attname: field for field in model._meta.concrete_fields}


@cache
def _update(model: type[Model], names: tuple[str, ...], where: tuple[str, ...]) -> str:
    fields = _fields(model)
    setting = ", ".join(f'"{fields[name].column}" = %s' for name in names)
    asking = " AND ".join(f'"{fields[name].column}" = %s' for name in where)
    return f'UPDATE "{model._meta.db_table}" SET {setting} WHERE {asking}'  # noqa: S608 -- names from the models


def _json(group: Sequence[Model]) -> str:
    columns = _columns(type(group[0]))
    return json.dumps([{column: one.__dict__[name] for name, column in columns} for one in group], default=_written)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def _columns(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Return attributes with the columns that are written: all but the keys that the database counts up by itself."""
    fields = (field for field in model._meta.concrete_fields if not isinstance(field, AutoField | BigAutoField))
    return tuple((field.attname, str(field.column)) for field in fields)


@cache
def _statement(models: tuple[type[Model], ...]) -> str:
    *others, last = (_insert(model) for model in models)
    named = ", ".join(f"part{n} AS ({part})" for n, part in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _insert(model: type[Model]) -> str:
    table, columns = model._meta.db_table, ", ".join(f'"{column}"' for _, column in _columns(model))
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s)'  # noqa: S608
