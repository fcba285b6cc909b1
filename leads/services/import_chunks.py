"""Rows of a file judged in chunks, the next one while the database still writes the last: by the same judge as every other lead."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from leads.domain.intake import FieldError
from leads.domain.lead_types import LeadTypeSpec
from leads.enums import LeadStatus
from leads.imports.mapping import Mapper
from leads.imports.rows import Row
from leads.models import Campaign
from leads.services.drafts import Arrival, Draft, draft

CHUNK = 500
"""Rows in one transaction; it holds the locks of their people for some tenths of a second."""


def reason_of(error: FieldError) -> str:
    """How a reason is counted: by its code, with the field that it is about before it."""
    return f"{error.field}:{error.code}" if error.field else error.code


@dataclass(slots=True)
class Tally:
    """What became of rows: how many by status, and rejected ones by reason."""

    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def count(self, status: str, codes: Iterable[str] = ()) -> None:
        self.statuses[status] += 1
        if status == LeadStatus.REJECTED:
            self.codes.update(set(codes))

    def to_json(self) -> dict[str, Any]:
        return {"counts": {status.value: self.statuses[status.value] for status in LeadStatus}, "codes": dict(self.codes)}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where rows become drafts of leads of one campaign."""

    campaign: Campaign
    spec: LeadTypeSpec
    mapper: Mapper

    def draft(self, row: Row, *, now: datetime) -> Draft:
        mapper = self.mapper
        arrival = Arrival(mapper.fields(row), mapper.raw(row), problems=mapper.envelope(row))
        return draft(arrival, self.campaign, self.spec, now=now)

    def drafts(self, rows: Iterator[Row], *, now: datetime) -> list[Draft]:
        return [self.draft(row, now=now) for row in islice(rows, CHUNK)]


@contextmanager
def rare_collection() -> Iterator[None]:
    """Look for cycles between chunks instead of while thousands of fresh objects, none of which is in one, lie about."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def ahead(bench: Bench, rows: Iterator[Row], clock: Callable[[], datetime]) -> Iterator[list[Draft]]:
    """Yield chunks; while the caller writes one, the next is read and judged in another thread. It asks no database."""
    with rare_collection(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge") as judge:
        coming = judge.submit(bench.drafts, rows, now=clock())
        while drafts := coming.result():
            coming = judge.submit(bench.drafts, rows, now=clock())
            yield drafts
            gc.collect(0)
