"""New rows of several tables in one statement: handed over as JSON, which costs the same few parameters for one lead or a thousand."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigAutoField, Model


def insert_rows(*groups: Sequence[Model]) -> None:
    """Insert new objects, each group of one model. Values are taken as they are: validate and normalise before."""
    filled = [group for group in groups if group]
    if not filled:
        return
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(type(group[0]) for group in filled)), [_json(group) for group in filled])


def _json(group: Sequence[Model]) -> str:
    columns = _columns(type(group[0]))
    return json.dumps([{column: one.__dict__[name] for name, column in columns} for one in group], default=_written)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def _columns(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Return attributes with the columns that are written: all but the keys that the database counts up by itself."""
    fields = (field for field in model._meta.concrete_fields if not isinstance(field, AutoField | BigAutoField))
    return tuple((field.attname, field.column) for field in fields)


@cache
def _statement(models: tuple[type[Model], ...]) -> str:
    *others, last = (_insert(model) for model in models)
    named = ", ".join(f"part{n} AS ({part})" for n, part in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _insert(model: type[Model]) -> str:
    table, columns = model._meta.db_table, ", ".join(f'"{column}"' for _, column in _columns(model))
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s)'  # noqa: S608
