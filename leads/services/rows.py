"""Many new rows of several tables at once: one statement for a few, COPY for many, the same rows either way."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigAutoField, Field, Model

FEW = 8
"""Up to so many rows of a table one statement with its parameters is quicker than opening COPY."""


def insert_rows(*groups: Sequence[Model]) -> None:
    """Insert new objects, each group of one model. Values are taken as they are: validate and normalise before."""
    filled = [group for group in groups if group]
    few = [group for group in filled if len(group) <= FEW]
    with connection.cursor() as cursor:
        for group in filled:
            if len(group) > FEW:
                _copy(cursor, group)
        if few:
            shape = tuple((type(group[0]), len(group)) for group in few)
            cursor.execute(_statement(shape), [value for group in few for one in group for value in _values(one)])


def _values(one: Model) -> list[Any]:
    return [field.get_db_prep_save(getattr(one, field.attname), connection) for field in _fields(type(one))]


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    """Return the columns that are written: all but the keys that the database counts up by itself."""
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField | BigAutoField))


@lru_cache(maxsize=256)
def _into(model: type[Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model))
    return f'"{model._meta.db_table}" ({columns})'


@lru_cache(maxsize=512)
def _statement(shape: tuple[tuple[type[Model], int], ...]) -> str:
    parts = []
    for model, count in shape:
        row = f"({', '.join(['%s'] * len(_fields(model)))})"
        parts.append(f"INSERT INTO {_into(model)} VALUES {', '.join([row] * count)}")  # noqa: S608 -- names from the models
    *others, last = parts
    named = ", ".join(f"part{n} AS ({part})" for n, part in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _copy(cursor: Any, group: Sequence[Model]) -> None:
    with cursor.copy(f"COPY {_into(type(group[0]))} FROM STDIN") as copy:
        for one in group:
            copy.write_row(_values(one))
