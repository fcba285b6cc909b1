"""Country, state and ZIP as codes; those of other countries are kept as they are when they fit."""

import re

from leads.domain.normalise_text import Refused, as_text
from leads.domain.states import CODES, STATES

HOME = "US"
_COUNTRIES = {
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states": "US",
    "united states of america": "US",
    "can": "CA",
    "canada": "CA",
    "mex": "MX",
    "mexico": "MX",
    "méxico": "MX",
    "gbr": "GB",
    "uk": "GB",
    "united kingdom": "GB",
}
_TWO_LETTERS = re.compile("[A-Za-z]{2}")
_ZIP = re.compile("([0-9]{5})(?:[- ]?[0-9]{4})?")
_CUT_ZIP = re.compile("[0-9]{3,4}")
_POSTCODE = re.compile("[0-9A-Z][0-9A-Z -]{1,8}[0-9A-Z]")


def read_country(value: object) -> str:
    """Two letters of ISO 3166; a few names of neighbours are understood. Else `bad_country`."""
    text = as_text(value, 80)
    code = _COUNTRIES.get(text.casefold()) or (text.upper() if _TWO_LETTERS.fullmatch(text) else None)
    if code is None:
        raise Refused("bad_country", "Send the country as two letters, such as US.")
    return code


def read_state(value: object, country: str = HOME) -> str:
    """Two letters from a code or a name. Abroad: the two letters of a province, as sent. Else `bad_state`."""
    text = as_text(value, 80)
    code = text.upper()
    if country == HOME:
        found = code if code in STATES else CODES.get(text.casefold())
        if found is None:
            raise Refused("bad_state", "Send a US state by its code or name, such as TX or Texas, or the country with it.")
        return found
    if not _TWO_LETTERS.fullmatch(text):
        raise Refused("bad_state", "Send the province by its code of two letters.")
    return code


def read_zip(value: object, country: str = HOME) -> str:
    """Five digits; the four of ZIP+4 fall off. Abroad: the postcode in upper case. Else `bad_zip`.

    Four digits are refused rather than padded: a spreadsheet may have eaten a zero in front or a digit anywhere.
    """
    text = as_text(value, 40)
    if country != HOME:
        if not _POSTCODE.fullmatch(text.upper()):
            raise Refused("bad_zip", "Send the postcode of that country, at most ten letters and digits.")
        return text.upper()
    found = _ZIP.fullmatch(text)
    if found and found[1] != "00000":
        return found[1]
    if _CUT_ZIP.fullmatch(text):
        raise Refused("bad_zip", "A ZIP has five digits. If a leading zero was lost, send the ZIP as text, such as 02134.")
    raise Refused("bad_zip", "Send a ZIP of five digits, such as 90210, or the country with its postcode.")
