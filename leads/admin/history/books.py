"""The kept states of a row and of what is changed on its page with it, as one row of entries, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.utils.text import capfirst

from leads.admin.history.telling import Change, Teller, differences

SAMPLES = "Samples"
"""The reason that marks what the samples brought; nobody made it by hand."""
REVERTED = "Reverted to entry "
"""How the reason begins that names the entry; people read the time of it instead."""
ENTRIES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A model whose one row is changed on the page of its owner: `owner` is its foreign key, `form` what it is changed by."""

    model: type[Model]
    owner: str
    form: type[ModelForm]


@dataclass(frozen=True, slots=True)
class Book:
    """The history of one model. `key` stands before the numbers of its entries; empty for the page's own row."""

    key: str
    model: type[Any]
    kept: QuerySet[Any]
    tellers: Mapping[str, Teller] = field(default_factory=dict)

    @property
    def fields(self) -> list[Any]:
        """What is kept of a row, in the model's order, without its number, its owner and when it was made."""
        silent = {self.model._meta.pk.name, "created"}
        return [one for one in self.kept.model.tracked_fields if one.name not in silent and not (self.key and one.one_to_one)]

    def entry_key(self, number: int) -> str:
        return f"{self.key}-{number}" if self.key else str(number)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept state with what it changed; `record` is the library's row, None for `before` at the first."""

    key: str
    book: Book
    record: Any
    before: Any
    is_newest: bool
    changes: tuple[Change, ...]
    reverted_to: datetime | None = None
    """When the state was written that this one brought back."""

    @property
    def at(self) -> datetime:
        return self.record.history_date

    @property
    def is_sample(self) -> bool:
        return self.record.history_change_reason == SAMPLES

    @property
    def who(self) -> str:
        person = self.record.history_user
        if person:
            return str(person.get_full_name() or person.get_username())
        return SAMPLES if self.is_sample else "The system"

    @property
    def reason(self) -> str:
        """Why it was written, as the writer said; what was reverted tells its time, and samples have no reason."""
        return "" if self.is_sample or self.reverted_to else str(self.record.history_change_reason or "")

    @property
    def headline(self) -> str:
        """What is said where no field differs."""
        what = f"{capfirst(str(self.book.model._meta.verbose_name))}: " if self.book.key else ""
        if self.record.history_type == "+":
            return f"{what}created" if what else "Created"
        if self.record.history_type == "-":
            return f"{what}deleted" if what else "Deleted"
        return "Saved without a change" if self.before else "The first entry that was kept"


def marks_of(books: Sequence[Book]) -> list[tuple[datetime, int, int]]:
    """When, which book and which number, of all entries, newest first."""
    marks = [(at, index, number) for index, book in enumerate(books) for at, number in book.kept.values_list("history_date", "history_id")]
    return sorted(marks, key=lambda mark: (mark[0], -mark[1], mark[2]), reverse=True)


def read_entries(books: Sequence[Book], page: Any) -> tuple[list[Entry], Page[Any]]:
    """The entries of one page, in three queries a book."""
    marks = marks_of(books)
    order = {index: [number for _, book, number in marks if book == index] for index in range(len(books))}
    chosen = Paginator(marks, ENTRIES_A_PAGE).get_page(page)
    rows: dict[int, dict[int, Any]] = {}
    for index, book in enumerate(books):
        wanted = [number for _, of, number in chosen if of == index]
        rows[index] = book.kept.in_bulk({*wanted, *(_earlier(order[index], number) for number in wanted)} - {None})
    times = {books[index].entry_key(number): at for at, index, number in marks}
    return [
        _entry(books[index], rows[index][number], rows[index].get(_earlier(order[index], number)), times, order[index][0])
        for _, index, number in chosen
    ], chosen


def _earlier(order: list[int], number: int) -> Any:
    place = order.index(number) + 1
    return order[place] if place < len(order) else None


def read_entry(books: Sequence[Book], key: str) -> Entry | None:
    """One entry by its key, such as 12 or sale-4."""
    name, _, number = key.rpartition("-")
    book = next((one for one in books if one.key == name), None)
    if book is None or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    dates = dict(book.kept.values_list("history_id", "history_date"))
    times, order = {book.entry_key(one): at for one, at in dates.items()}, list(dates)
    if int(number) not in order:
        return None
    earlier = _earlier(order, int(number))
    rows = book.kept.in_bulk([one for one in (int(number), earlier) if one is not None])
    return _entry(book, rows[int(number)], rows.get(earlier), times, order[0])


def _entry(book: Book, record: Any, before: Any, times: Mapping[str, datetime], newest: int) -> Entry:
    changes = tuple(differences(before, record, book.fields, book.tellers)) if before else ()
    went_back = times.get((record.history_change_reason or "").removeprefix(REVERTED))
    return Entry(book.entry_key(record.history_id), book, record, before, record.history_id == newest, changes, went_back)
