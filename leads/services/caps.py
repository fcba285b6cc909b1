"""Places in caps: reserved all or none, exactly, by whoever sells or takes a lead; given back by what was reserved."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection


class Use(NamedTuple):
    """One thing to be counted: `amount` leads, or money, in the window of `kind` that begins at `start`.

    `limit` is the cap as it stands now; None counts without a limit.
    """

    scope: str
    scope_id: int
    kind: str
    start: datetime
    amount: Decimal | int
    limit: Decimal | int | None


WANTED = """
    wanted AS (
        SELECT * FROM unnest(%s::varchar[], %s::bigint[], %s::varchar[], %s::timestamptz[], %s::numeric[], %s::numeric[])
            AS wanted (scope, scope_id, kind, start, amount, upper)
    )
"""
RESERVE = f"""
    WITH {WANTED},
    locked AS MATERIALIZED (
        SELECT one.id, one.used, wanted.amount, wanted.upper
        FROM leads_capwindow one JOIN wanted USING (scope, scope_id, kind, start)
        ORDER BY one.id FOR UPDATE OF one
    ),
    booked AS (
        UPDATE leads_capwindow SET used = leads_capwindow.used + locked.amount FROM locked
        WHERE leads_capwindow.id = locked.id
            AND (SELECT count(*) FROM locked) = (SELECT count(*) FROM wanted)
            AND NOT EXISTS (SELECT FROM locked WHERE used + amount > upper)
        RETURNING leads_capwindow.id, locked.amount
    )
    SELECT id, booked.amount::text, {{also}} FROM locked LEFT JOIN booked USING (id) ORDER BY id
"""  # noqa: S608 -- our own text
OPEN = f"""
    WITH {WANTED}
    INSERT INTO leads_capwindow (scope, scope_id, kind, start, used)
    SELECT scope, scope_id, kind, start, 0 FROM wanted ORDER BY scope, scope_id, kind, start
    ON CONFLICT DO NOTHING
"""  # noqa: S608
RELEASE = """
    WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::numeric[]) AS given (id, amount)),
    locked AS MATERIALIZED (
        SELECT one.id, given.amount FROM leads_capwindow one JOIN given USING (id) ORDER BY one.id FOR UPDATE OF one
    )
    UPDATE leads_capwindow SET used = used - locked.amount FROM locked WHERE leads_capwindow.id = locked.id
"""


def reserve_windows(uses: Iterable[Use]) -> list[list[Any]] | None:
    """Count every use or none; return `[[id, amount], ...]` to be kept for the release, None when one cap has no room.

    Amounts come back as text, so that JSON can hold them to the cent. The rows are locked in the order of their keys until
    the transaction ends: call it last. Uses of the same window must be one use.
    """
    wanted = list(uses)
    return reserve_and("0", wanted)[1] if wanted else []


def reserve_and(also: str, uses: Iterable[Use]) -> tuple[Any, list[list[Any]] | None]:
    """Reserve as `reserve_windows` does, and return with it what the expression `also` comes to."""
    wanted = list(uses)
    with connection.cursor() as cursor:
        if not wanted:
            cursor.execute(f"SELECT {also}")
            return cursor.fetchone()[0], []
        scopes, ids, kinds, starts, amounts, limits = (list(column) for column in zip(*wanted, strict=True))
        columns = [scopes, ids, kinds, starts, [Decimal(amount) for amount in amounts], [_decimal(limit) for limit in limits]]
        reserve = RESERVE.format(also=f"(SELECT {also})")
        cursor.execute(reserve, columns)
        rows = cursor.fetchall()
        if len(rows) < len(wanted):
            cursor.execute(OPEN, columns)
            cursor.execute(reserve, columns)
            rows = cursor.fetchall()
    return rows[0][2], None if rows[0][1] is None else [[window, amount] for window, amount, _ in rows]


def _decimal(limit: Decimal | int | None) -> Decimal | None:
    return None if limit is None else Decimal(limit)


def release_windows(windows: Sequence[Sequence[Any]]) -> None:
    """Give back what `reserve_windows` returned, whichever day it is by now. The caller sees to it that it happens once."""
    if not windows:
        return
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [[window for window, _ in windows], [Decimal(str(amount)) for _, amount in windows]])
