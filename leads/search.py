"""Finding leads among millions by what people say: a number, an id, an e-mail, a phone, or how names begin.

Every way reads a bounded number of rows, however large the table is. Names may fit more people than anybody reads: then those
among the newest `RECENT` leads are found, and the first `MOST` that the index has; whoever wants others writes more of the name.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from leads.domain.normalise_phone import read_phone
from leads.domain.normalise_text import Refused
from leads.models import Lead

NUMBER = re.compile(r"l-?(\d{1,18})|(\d{1,9})", re.IGNORECASE)
PART_OF_PHONE = re.compile(r"\+?1?[\s(.-]*(\d[\d\s().-]{2,15})")
LONGEST = 200
MOST = 500
"""Leads that one look into an index finds."""
RECENT = 10_000
MOST_READ = 5_000
"""Entries of an index that are read for the beginnings of two names."""


def search(rows: QuerySet[Lead], term: str, *, of_few: bool = False) -> QuerySet[Lead]:
    """Return those of the leads that the term means; all of them for an empty one.

    `of_few` when the rows are a small part of all, such as a branch's: then every one of them is compared with the name,
    because what the indexes find first might be others' leads.
    """
    term = " ".join(term.replace("\x00", "").split())[:LONGEST]
    if not term:
        return rows
    ways = (*WAYS, _each_name if of_few else _by_name)
    return rows.filter(next(found for found in (way(term) for way in ways) if found is not None))


def _by_number(term: str) -> Q | None:
    found = NUMBER.fullmatch(term)
    return Q(number=found[1] or found[2]) if found else None


def _by_id(term: str) -> Q | None:
    try:
        return Q(pk=UUID(term))
    except ValueError:
        return None


def _by_email(term: str) -> Q | None:
    """A whole address, or how one begins."""
    if "@" not in term:
        return None
    return _those("SELECT id FROM leads_lead WHERE email <> '' AND upper(email) LIKE %s LIMIT %s", [f"{_like(term)}%", MOST])


def _by_phone(term: str) -> Q | None:
    """A whole number, or how one begins, area code first."""
    try:
        number = read_phone(term)[0]
    except Refused:
        found = PART_OF_PHONE.fullmatch(term)
        if not found:
            return None
        number = "+1" + re.sub(r"\D", "", found[1])
    begins = f"{number}%"
    return _those(
        "(SELECT id FROM leads_lead WHERE phone <> '' AND phone LIKE %s LIMIT %s) UNION "
        "(SELECT id FROM leads_lead WHERE phone2 <> '' AND phone2 LIKE %s LIMIT %s)",
        [begins, MOST, begins, MOST],
    )


ORDER = "ORDER BY upper({name}) USING ~<~, upper({other}) USING ~<~"
"""As the index has them, so that it is the index that is read."""
ONE = "(SELECT id FROM leads_lead WHERE upper({name}) LIKE %s " + ORDER + " LIMIT %s)"  # noqa: S608 -- names of columns
WHOLE = "(SELECT id FROM leads_lead WHERE upper({name}) = %s AND upper({other}) LIKE %s " + ORDER + " LIMIT %s)"  # noqa: S608
BEGIN = (
    "(SELECT id FROM (SELECT id, upper({other}) AS other FROM leads_lead WHERE upper({name}) LIKE %s "  # noqa: S608
    + ORDER
    + " LIMIT %s) AS begun WHERE other LIKE %s LIMIT %s)"
)
NEWEST = """
    (SELECT id FROM (
        SELECT id, upper(first_name) AS first, upper(last_name) AS last FROM leads_lead ORDER BY received_at DESC, id DESC LIMIT %s
    ) AS newest WHERE first LIKE %s AND last LIKE %s LIMIT %s)
"""
THEIRS = "(SELECT id FROM leads_lead WHERE external_id <> '' AND external_id = %s LIMIT %s)"
NAMES = (("last_name", "first_name"), ("first_name", "last_name"))

type Part = tuple[str, list[Any]]


def _by_name(term: str) -> Q:
    """Up to two names in either order, each by how it begins; or the source's own id."""
    words = term.split()
    first, rest = f"{_like(words[0])}%", f"{_like(' '.join(words[1:]))}%"
    parts: list[Part] = [(THEIRS, [term, MOST])]
    parts += [(NEWEST, [RECENT, *both, MOST]) for both in ((first, rest), (rest, first))]
    parts += _of_two(term, first, rest) if len(words) > 1 else _beginning(first)
    return _those(" UNION ".join(statement for statement, _ in parts), [one for _, values in parts for one in values])


def _beginning(text: str) -> Iterator[Part]:
    for name, other in NAMES:
        yield ONE.format(name=name, other=other), [text, MOST]


def _of_two(term: str, first: str, rest: str) -> Iterator[Part]:
    """Whole names first, since of common beginnings only some are read; a name may itself have several words."""
    yield from _beginning(f"{_like(term)}%")
    for name, other in NAMES:
        for one, two in ((first, rest), (rest, first)):
            yield WHOLE.format(name=name, other=other), [_plain(one), two, MOST]
            yield BEGIN.format(name=name, other=other), [one, MOST_READ, two, MOST]


def _each_name(term: str) -> Q:
    found = Q()
    for word in term.split()[:4]:
        found &= Q(first_name__istartswith=word) | Q(last_name__istartswith=word) | Q(external_id=word)
    return found


def _like(text: str) -> str:
    """In capitals, as the index has it, with what LIKE would read as a sign written out."""
    return re.sub(r"([\\%_])", r"\\\1", text.upper())


def _plain(like: str) -> str:
    return re.sub(r"\\(.)", r"\1", like.removesuffix("%"))


def _those(statement: str, values: list[Any]) -> Q:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return Q(pk__in=[row[0] for row in cursor.fetchall()])


WAYS = (_by_number, _by_id, _by_email, _by_phone)
