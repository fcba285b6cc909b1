"""Fingerprints of a person, by which duplicates are found without comparing every lead with every other."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from unicodedata import category, normalize

from leads.domain.criteria_values import written

SIZE = 16
"""Bytes, so that a digest fits a UUID column."""


def _folded(value: object) -> str:
    """What is compared: without case, invisible characters and compatibility forms."""
    text = written(value).casefold()
    if text.isascii():
        return text
    return "".join(char for char in normalize("NFKC", text) if category(char) != "Cf").casefold()


def fingerprints(sets: Iterable[Iterable[str]], values: Mapping[str, object], *, lead_type: int) -> tuple[bytes, ...]:
    """One digest of 16 bytes for each set of fields of which the lead has all; two leads agree in a set when its digests do.

    `values` are normalised ones, standard and the lead type's. Stable over time, restarts and the order inside a set.
    """
    digests = []
    for wanted in sets:
        names = sorted(set(wanted))
        if not names or any(values.get(name) in (None, "", ()) for name in names):
            continue
        parts = [str(lead_type), *(f"{name}\x1f{_folded(values[name])}" for name in names)]
        digests.append(blake2b("\x1e".join(parts).encode(), digest_size=SIZE).digest())
    return tuple(dict.fromkeys(digests))
